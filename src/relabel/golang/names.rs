//! The names of classes: `\d`, `[:alpha:]`, `\p{Greek}`.

use super::class::{Item, MAX, Table, ascii};

const DIGIT: u128 = ascii(&[(b'0', b'9')]);
const WORD: u128 = DIGIT | ALPHA | ascii(&[(b'_', b'_')]);
const ALPHA: u128 = ascii(&[(b'A', b'Z'), (b'a', b'z')]);

/// Returns `\d`, `\s`, `\w` and their negations, by the letter. Go's `\s` does not have the vertical tab.
pub(super) fn perl(letter: char) -> Option<Item> {
    let set = match letter {
        'd' | 'D' => DIGIT,
        's' | 'S' => ascii(&[(b'\t', b'\n'), (b'\x0c', b'\r'), (b' ', b' ')]),
        'w' | 'W' => WORD,
        _ => return None,
    };
    Some(Item::Ascii {
        set,
        negated: letter.is_ascii_uppercase(),
    })
}

/// Returns a class such as `[:alpha:]` or `[:^alpha:]`, by the text between the colons.
pub(super) fn posix(name: &str) -> Option<Item> {
    let (name, negated) = match name.strip_prefix('^') {
        Some(name) => (name, true),
        None => (name, false),
    };
    let set = match name {
        "alnum" => DIGIT | ALPHA,
        "alpha" => ALPHA,
        "ascii" => u128::MAX,
        "blank" => ascii(&[(b'\t', b'\t'), (b' ', b' ')]),
        "cntrl" => ascii(&[(0, 0x1F), (0x7F, 0x7F)]),
        "digit" => DIGIT,
        "graph" => ascii(&[(b'!', b'~')]),
        "lower" => ascii(&[(b'a', b'z')]),
        "print" => ascii(&[(b' ', b'~')]),
        "punct" => ascii(&[(b'!', b'/'), (b':', b'@'), (b'[', b'`'), (b'{', b'~')]),
        "space" => ascii(&[(b'\t', b'\r'), (b' ', b' ')]),
        "upper" => ascii(&[(b'A', b'Z')]),
        "word" => WORD,
        "xdigit" => ascii(&[(b'0', b'9'), (b'A', b'F'), (b'a', b'f')]),
        _ => return None,
    };
    Some(Item::Ascii { set, negated })
}

/// Returns a category or script, by the text in `\p{…}` after any `^`. Case, blanks, `_` and `-` do not
/// matter, except that a script whose own name has an underscore cannot be found, as in Go.
pub(super) fn unicode(name: &str, negated: bool) -> Option<Item> {
    let bare: String = (name.chars().filter(|c| !matches!(c, '_' | '-' | ' ')))
        .map(|c| c.to_ascii_lowercase())
        .collect();
    let same = |name: &&&str| name.eq_ignore_ascii_case(&bare);
    let table = match bare.as_str() {
        "any" if negated => {
            return Some(Item::Ascii {
                set: 0,
                negated: false,
            });
        }
        "any" => return Some(Item::Range(0, MAX)),
        "ascii" => {
            return Some(Item::Ascii {
                set: u128::MAX,
                negated,
            });
        }
        "assigned" => Table::Assigned,
        _ => (CATEGORIES
            .iter()
            .find(same)
            .map(|name| Table::Category(name)))
        .or_else(|| SCRIPTS.iter().find(same).map(|name| Table::Script(name)))
        .or_else(|| {
            let alias = ALIASES.iter().find(|(alias, _)| *alias == bare);
            alias.map(|(_, name)| Table::Category(name))
        })?,
    };
    Some(Item::Unicode { table, negated })
}

const CATEGORIES: &[&str] = &[
    "C", "Cc", "Cf", "Cn", "Co", "Cs", "L", "LC", "Ll", "Lm", "Lo", "Lt", "Lu", "M", "Mc", "Me",
    "Mn", "N", "Nd", "Nl", "No", "P", "Pc", "Pd", "Pe", "Pf", "Pi", "Po", "Ps", "S", "Sc", "Sk",
    "Sm", "So", "Z", "Zl", "Zp", "Zs",
];

const ALIASES: &[(&str, &str)] = &[
    ("casedletter", "LC"),
    ("closepunctuation", "Pe"),
    ("cntrl", "Cc"),
    ("combiningmark", "M"),
    ("connectorpunctuation", "Pc"),
    ("control", "Cc"),
    ("currencysymbol", "Sc"),
    ("dashpunctuation", "Pd"),
    ("decimalnumber", "Nd"),
    ("digit", "Nd"),
    ("enclosingmark", "Me"),
    ("finalpunctuation", "Pf"),
    ("format", "Cf"),
    ("initialpunctuation", "Pi"),
    ("letter", "L"),
    ("letternumber", "Nl"),
    ("lineseparator", "Zl"),
    ("lowercaseletter", "Ll"),
    ("mark", "M"),
    ("mathsymbol", "Sm"),
    ("modifierletter", "Lm"),
    ("modifiersymbol", "Sk"),
    ("nonspacingmark", "Mn"),
    ("number", "N"),
    ("openpunctuation", "Ps"),
    ("other", "C"),
    ("otherletter", "Lo"),
    ("othernumber", "No"),
    ("otherpunctuation", "Po"),
    ("othersymbol", "So"),
    ("paragraphseparator", "Zp"),
    ("privateuse", "Co"),
    ("punct", "P"),
    ("punctuation", "P"),
    ("separator", "Z"),
    ("spaceseparator", "Zs"),
    ("spacingmark", "Mc"),
    ("surrogate", "Cs"),
    ("symbol", "S"),
    ("titlecaseletter", "Lt"),
    ("unassigned", "Cn"),
    ("uppercaseletter", "Lu"),
];

/// The scripts of Unicode 15.0 whose name is one word.
const SCRIPTS: &[&str] = &[
    "Adlam",
    "Ahom",
    "Arabic",
    "Armenian",
    "Avestan",
    "Balinese",
    "Bamum",
    "Batak",
    "Bengali",
    "Bhaiksuki",
    "Bopomofo",
    "Brahmi",
    "Braille",
    "Buginese",
    "Buhid",
    "Carian",
    "Chakma",
    "Cham",
    "Cherokee",
    "Chorasmian",
    "Common",
    "Coptic",
    "Cuneiform",
    "Cypriot",
    "Cyrillic",
    "Deseret",
    "Devanagari",
    "Dogra",
    "Duployan",
    "Elbasan",
    "Elymaic",
    "Ethiopic",
    "Georgian",
    "Glagolitic",
    "Gothic",
    "Grantha",
    "Greek",
    "Gujarati",
    "Gurmukhi",
    "Han",
    "Hangul",
    "Hanunoo",
    "Hatran",
    "Hebrew",
    "Hiragana",
    "Inherited",
    "Javanese",
    "Kaithi",
    "Kannada",
    "Katakana",
    "Kawi",
    "Kharoshthi",
    "Khmer",
    "Khojki",
    "Khudawadi",
    "Lao",
    "Latin",
    "Lepcha",
    "Limbu",
    "Lisu",
    "Lycian",
    "Lydian",
    "Mahajani",
    "Makasar",
    "Malayalam",
    "Mandaic",
    "Manichaean",
    "Marchen",
    "Medefaidrin",
    "Miao",
    "Modi",
    "Mongolian",
    "Mro",
    "Multani",
    "Myanmar",
    "Nabataean",
    "Nandinagari",
    "Newa",
    "Nko",
    "Nushu",
    "Ogham",
    "Oriya",
    "Osage",
    "Osmanya",
    "Palmyrene",
    "Phoenician",
    "Rejang",
    "Runic",
    "Samaritan",
    "Saurashtra",
    "Sharada",
    "Shavian",
    "Siddham",
    "Sinhala",
    "Sogdian",
    "Soyombo",
    "Sundanese",
    "Syriac",
    "Tagalog",
    "Tagbanwa",
    "Takri",
    "Tamil",
    "Tangsa",
    "Tangut",
    "Telugu",
    "Thaana",
    "Thai",
    "Tibetan",
    "Tifinagh",
    "Tirhuta",
    "Toto",
    "Ugaritic",
    "Vai",
    "Vithkuqi",
    "Wancho",
    "Yezidi",
    "Yi",
];
