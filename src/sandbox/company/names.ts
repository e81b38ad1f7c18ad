/** A name as it is written, and the letters it gets in a login. */
export interface Spelling {
  readonly written: string
  readonly latin: string
}

export interface Culture {
  /** How often people of this culture are met, relative to the others. */
  readonly weight: number
  readonly given: readonly Spelling[]
  readonly surnames: readonly Spelling[]
  /** Family name first, as in the display name. */
  readonly surnameFirst?: boolean
}

/** `Zoë` alone, or `Żółć=zolc` where plain removal of accents is not enough. */
function spellings(list: string): Spelling[] {
  return list.split(',').map((entry) => {
    const [written = '', latin = plain(written)] = entry.trim().split('=')
    return { written, latin }
  })
}

/** Letters for a login: no accents, no apostrophes, no blanks, lower case. */
function plain(written: string): string {
  return written
    .replaceAll('ß', 'ss')
    .replaceAll('ø', 'o')
    .replaceAll('Ø', 'O')
    .replaceAll('æ', 'ae')
    .replaceAll('ł', 'l')
    .replaceAll('Ł', 'L')
    .replaceAll('ı', 'i')
    .replaceAll('đ', 'd')
    .replaceAll('Đ', 'D')
    .normalize('NFD')
    .replace(/[^A-Za-z]/g, '')
    .toLowerCase()
}

export const cultures: readonly Culture[] = [
  {
    weight: 30,
    given: spellings(
      'Emma,Oliver,Charlotte,James,Amelia,Noah,Grace,Henry,Ruby,Thomas,Alice,George,Hannah,Samuel,Zoë,Daniel,Lucy,Peter,Megan,Chloë',
    ),
    surnames: spellings(
      "Walker,Thompson,O'Brien,Bennett,Hughes,Foster,D'Arcy,Marshall,Reid,Palmer,Knight,Barker,Fletcher,Harvey,Stone,O'Neill,Lawson,Pearce,Webb,Smith-Jones",
    ),
  },
  {
    weight: 18,
    given: spellings(
      'Anna,Jürgen=juergen,Käthe=kaethe,Lukas,Sören=soeren,Johanna,Günther=guenther,Friederike,Moritz,Bärbel=baerbel,Jonas,Theresa,Matthias,Svenja,Björn=bjoern',
    ),
    surnames: spellings(
      'Müller=mueller,Schäfer=schaefer,Großmann=grossmann,Köhler=koehler,von der Heide,Weiß=weiss,Brandt,Kühn=kuehn,Vogel,Lindner,Böttcher=boettcher,Seidel,Hofmann,Jäger=jaeger,Winkler',
    ),
  },
  {
    weight: 12,
    given: spellings('François,Élodie,Jérôme,Camille,Aurélie,Mathieu,Noémie,Théo,Inès,Benoît,Gaëlle,Loïc,Agnès,Rémi'),
    surnames: spellings(
      "Lefèvre,Dubois,L'Hermite,Beaulieu,Deschênes,Moreau,Guérin,d'Aubigné,Lemaître,Rousseau,Fournier,Gauthier,Béranger,Saint-Clair",
    ),
  },
  {
    weight: 10,
    given: spellings('José,María,Íñigo,Lucía,Andrés,Begoña,Joaquín,Mónica,Núria,Álvaro,João,Inês,Gonçalo,Conceição'),
    surnames: spellings(
      'García Márquez,Muñoz,Ibáñez,Peña,Fernández,Núñez,Etxeberría,Conceição,Magalhães,Araújo,Gonçalves,Castaño,Ordóñez,Simões',
    ),
  },
  {
    weight: 8,
    given: spellings('Zofia,Łukasz,Małgorzata,Paweł,Jiří,Kateřina,Ondřej,Božena,Wojciech,Dušan,Željko,Milica'),
    surnames: spellings(
      'Wiśniewska,Kowalczyk,Dąbrowski,Żukowska,Dvořák,Novotná,Šťastný,Kučera,Đorđević,Petrović,Jabłońska,Zieliński',
    ),
  },
  {
    weight: 6,
    given: spellings('Søren,Åsa,Håkon,Ingrid,Mikkel,Sigríður,Þórdís=thordis,Linnéa,Päivi,Jörgen'),
    surnames: spellings('Ødegård,Lindström,Sørensen,Ångström,Virtanen,Jónsdóttir,Bjørnstad,Hämäläinen,Kjær,Nygård'),
  },
  {
    weight: 4,
    given: spellings('Ayşe,Çağlar,Gülşen,İbrahim,Ömer,Şeyma,Tuğba,Deniz'),
    surnames: spellings('Yılmaz,Öztürk,Şahin,Çelik,Güneş,Kılıç,Doğan,Aydın'),
  },
  {
    weight: 4,
    given: spellings('Александр=alexander,Ольга=olga,Дмитрий=dmitri,Наталія=nataliia,Сергій=serhii,Ірина=iryna'),
    surnames: spellings(
      'Иванова=ivanova,Шевченко=shevchenko,Соколов=sokolov,Ковальчук=kovalchuk,Щербакова=shcherbakova,Мельник=melnyk',
    ),
  },
  {
    weight: 2,
    given: spellings('Ελένη=eleni,Γιώργος=giorgos,Αικατερίνη=aikaterini,Νίκος=nikos'),
    surnames: spellings('Παπαδοπούλου=papadopoulou,Νικολάου=nikolaou,Γεωργίου=georgiou,Οικονόμου=oikonomou'),
  },
  {
    weight: 3,
    surnameFirst: true,
    given: spellings('陽菜=hina,健太=kenta,美咲=misaki,大輔=daisuke,伟=wei,秀英=xiuying,建国=jianguo,雅婷=yating'),
    surnames: spellings('佐藤=sato,鈴木=suzuki,高橋=takahashi,渡辺=watanabe,王=wang,李=li,张=zhang,陳=chen'),
  },
  {
    weight: 1,
    surnameFirst: true,
    given: spellings('서연=seoyeon,민준=minjun,지우=jiwoo,하은=haeun'),
    surnames: spellings('김=kim,박=park,최=choi,정=jung'),
  },
  {
    weight: 1,
    given: spellings('محمد=mohammed,فاطمة=fatima,يوسف=yousef,נועה=noa,יונתן=yonatan,अनन्या=ananya,विक्रम=vikram'),
    surnames: spellings('الخطيب=alkhatib,حداد=haddad,منصور=mansour,לוי=levi,כהן=cohen,शर्मा=sharma,कुलकर्णी=kulkarni'),
  },
  {
    weight: 1,
    given: spellings('Nguyệt,Tuấn,Thảo,Đức'),
    surnames: spellings('Nguyễn,Trần,Phạm,Đặng'),
  },
]

export const departments: readonly string[] = [
  'Engineering',
  'Product',
  'Design',
  'Quality',
  'Operations',
  'Support',
  'Sales',
  'Marketing',
  'Finance',
  'People',
  'Legal',
  'Facilities',
  'Research',
  'Security',
  'Procurement',
  'Logistics',
]

export const titles: readonly string[] = [
  'Engineer',
  'Senior Engineer',
  'Analyst',
  'Specialist',
  'Coordinator',
  'Consultant',
  'Designer',
  'Architect',
  'Assistant',
  'Team Lead',
]

export const cities: readonly string[] = [
  'Berlin',
  'Zürich',
  'Lyon',
  'Dublin',
  'Kraków',
  'São Paulo',
  'Ōsaka',
  'Toronto',
  'Bengaluru',
  'Malmö',
  'İzmir',
  'Αθήνα',
]

export const projectWords: readonly string[] = [
  'aurora',
  'basalt',
  'cedar',
  'delta',
  'ember',
  'fjord',
  'granite',
  'harbour',
  'indigo',
  'juniper',
  'kestrel',
  'lantern',
  'meadow',
  'nimbus',
  'orchard',
  'pebble',
]
