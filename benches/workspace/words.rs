//! The words that the cards are made of, a country each.

/// What firms and people of a country are called, and how the notes about them sound.
pub(crate) struct Country {
    pub(crate) language: &'static str,
    pub(crate) currency: &'static str,
    /// Units of the currency for one Polish złoty, roughly.
    pub(crate) scale: i64,
    pub(crate) phone: &'static str,
    pub(crate) firms: &'static [&'static str],
    pub(crate) marks: &'static [&'static str],
    pub(crate) legal: &'static str,
    pub(crate) cities: &'static [&'static str],
    pub(crate) streets: &'static [&'static str],
    pub(crate) given: &'static [&'static str],
    pub(crate) family: &'static [&'static str],
    pub(crate) sentences: &'static [&'static str],
}

pub(crate) const COUNTRIES: [&Country; 3] = [&POLAND, &ROMANIA, &HUNGARY];

const POLAND: Country = Country {
    language: "pl",
    currency: "PLN",
    scale: 1,
    phone: "+48",
    firms: &[
        "Zakłady Mięsne",
        "Młyny",
        "Drukarnia",
        "Browar",
        "Ceramika",
        "Hurtownia",
        "Piekarnia",
        "Meble",
        "Huta Szkła",
        "Spółdzielnia Mleczarska",
        "Garbarnia",
        "Odlewnia",
    ],
    marks: &["Dąbrówka", "Żubr", "Świt", "Jaźwiec", "Kępa", "Łabędź", "Źródło", "Ćmielów", "Orzeł", "Pomorzanka"],
    legal: "sp. z o.o.",
    cities: &["Łódź", "Gdańsk", "Wrocław", "Poznań", "Rzeszów", "Białystok", "Częstochowa", "Zielona Góra", "Kraków"],
    streets: &["ul. Piotrkowska", "ul. Świętojańska", "al. Niepodległości", "ul. Brzezińska", "ul. Żeromskiego"],
    given: &["Joanna", "Bartłomiej", "Małgorzata", "Paweł", "Łucja", "Michał", "Grażyna", "Zdzisław"],
    family: &["Kowalska", "Wiśniewski", "Zając", "Wójcik", "Dąbrowska", "Kępiński", "Żak", "Ślusarczyk"],
    sentences: &[
        "Pani dyrektor wraca z urlopu w poniedziałek, do tego czasu nikt nie podpisze.",
        "Hala ma 6,2 m wysokości, więc maszt trzeba skrócić.",
        "Pytali, czy serwis przyjedzie w niedzielę; odpowiedziałem, że tak, ale drożej.",
        "Konkurencja dała rabat, ale termin dopiero na kwiecień.",
        "Kierownik utrzymania ruchu pokazał mi wykres przestojów: jedenaście zatrzymań na zmianę.",
        "Zarząd zbiera się w drugi czwartek miesiąca.",
        "Chcą zobaczyć maszynę pracującą na ich własnych zgrzewkach, najlepiej w Łodzi.",
        "Faktury płacą w terminie, byle numer zamówienia był w tytule.",
    ],
};

const ROMANIA: Country = Country {
    language: "ro",
    currency: "RON",
    scale: 1,
    phone: "+40",
    firms: &[
        "Fabrica de Bere",
        "Lactate",
        "Moara",
        "Depozit",
        "Tipografia",
        "Cramele",
        "Agro",
        "Mobila",
        "Panificație",
        "Sticla",
        "Carmangeria",
    ],
    marks: &["Tâmpa", "Bănățeană", "Ceahlău", "Mureș", "Dâmbovița", "Transilvania", "Crișana", "Huși", "Făgăraș"],
    legal: "S.R.L.",
    cities: &["Cluj-Napoca", "Timișoara", "Brașov", "Iași", "Oradea", "Târgu Mureș", "Constanța", "Bacău"],
    streets: &["Str. Horea", "Bd. Eroilor", "Str. Ștefan cel Mare", "Calea Dorobanților", "Str. Învățătorului"],
    given: &["Ioana", "Ștefan", "Mădălina", "Cătălin", "Răzvan", "Ileana", "Țucu", "Bogdan"],
    family: &["Popescu", "Ionescu", "Bălănescu", "Țepeș", "Munteanu", "Stănciulescu", "Rădulescu", "Câmpeanu"],
    sentences: &[
        "Directorul tehnic vrea un panou de comandă în limba română.",
        "Au trei schimburi și nu pot opri linia decât duminica după-amiază.",
        "Leasingul se aprobă până la sfârșitul lunii, altfel se mută pe anul viitor.",
        "Au fost mulțumiți de vizita la Brașov, mai ales de zgomotul redus.",
        "Prețul e în regulă, termenul de livrare nu.",
        "Vor și o ofertă pentru piese de schimb pe doi ani.",
        "Șeful de producție spune că paleții vin rupți de la furnizor.",
    ],
};

const HUNGARY: Country = Country {
    language: "hu",
    currency: "HUF",
    scale: 90,
    phone: "+36",
    firms: &["Malom", "Konzervgyár", "Tejüzem", "Sörfőzde", "Papír", "Fűszer", "Bútor", "Pékség", "Nyomda", "Üveggyár"],
    marks: &["Kékesi", "Alföld", "Szegedi", "Hajdú", "Tisza", "Győri", "Bükk", "Őrség", "Balaton", "Mátra"],
    legal: "Kft.",
    cities: &["Győr", "Szeged", "Debrecen", "Pécs", "Nyíregyháza", "Székesfehérvár", "Kecskemét", "Miskolc"],
    streets: &["Kossuth Lajos u.", "Petőfi tér", "Széchenyi út", "Dózsa György u.", "Árpád u."],
    given: &["Zsófia", "Gergő", "Ágnes", "László", "Erzsébet", "Győző", "Katalin", "Örs"],
    family: &["Nagy", "Kovács", "Szilágyi", "Tóth", "Fűzfa", "Kőszegi", "Bérczes", "Hegedűs"],
    sentences: &[
        "Az igazgató csak januárban dönt, de a műszaki vezető már most mellettünk van.",
        "A régi gép műszakonként kétszer áll le, erről fényképet is küldtek.",
        "Kérték az ajánlatot forintban, harminc napos fizetéssel.",
        "Őszig ki kell cserélni a padlót, addig nem fér be a gép.",
        "A versenytárs olcsóbb, de nincs magyar szervize.",
        "Jövő héten küldik az aláírt megrendelést, így mondta Kőszegi úr.",
    ],
};

/// What is said in any country.
pub(crate) const ENGLISH: &[&str] = &[
    "Wants a second price for twelve users before the board meets.",
    "The hall is measured; the drawing is in the shared folder.",
    "They compare us with the cheaper machine, and with doing nothing.",
    "Everything turns on the lease: the bank wants one contract, they want three.",
    "The report of film by customer matters more to them than the price.",
    "Sent the references, two of them within an hour's drive.",
    "Come before nine, the shift change is over then and the coffee is fresh.",
    "Promised to write by the end of the week whether the date holds.",
    "The night shift runs without a foreman, so it has to restart by itself.",
    "Purchasing asks for the same discount as last year and will not get it.",
];

pub(crate) const NEEDS: &[&str] = &[
    "pallet wrapper",
    "case sealer",
    "palletising cell",
    "care plan",
    "second line",
    "spare carriage",
    "dock wrapper",
    "robot",
    "ring wrapper",
    "bag palletiser",
];

pub(crate) const ROLES: &[&str] = &["purchasing", "dyrektor produkcji", "director tehnic", "üzemvezető", "owner", "IT"];

pub(crate) const TAGS: &[&str] = &["food", "drinks", "reference", "leasing", "key", "export", "family-firm", "tender"];

pub(crate) const TITLES: &[&str] = &[
    "First workshop",
    "Asks for a second price",
    "Measured the hall",
    "Walk along the line",
    "Nobody in, asked to call back",
    "Discount again",
    "Signed the minutes",
    "Delivery date moved",
    "They liked the demo",
    "Waiting for the bank",
];

pub(crate) const STEPS: &[&str] = &[
    "Ask whether the board has met",
    "Send the revised offer",
    "Agree the date of the demo",
    "Ask about the lease",
    "Call about the second hall",
    "Say thank you and ask for a reference",
];

pub(crate) const COMPETITORS: [(&str, &str); 4] =
    [("haldor-pack", "Haldor Pack"), ("balestri", "Balestri"), ("obalstroj", "Obalstroj"), ("solaris", "Solaris")];

pub(crate) const PEOPLE: &[&str] = &["anna", "piotr", "ioana", "marek", "zsuzsa", "dorota"];
