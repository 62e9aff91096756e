"""Invented names, in the scripts in which people write theirs, and invented words of callers."""

from random import Random

NAMES = {
    "UK": ("Rowan Ashdown", "Siân Llewelyn", "Órla MacAuley", "Aonghas Mòr", "Beth O'Hare-Quill"),
    "Albanian": ("Gëzim Hoxhallari", "Çiljeta Bregu"),
    "Vietnamese": ("Nguyễn Thị Hồng Ảnh", "Trần Văn Đức"),
    "Sudanese": ("إدريس عبد الباقي", "Amna Idris"),
    "Eritrean": ("ሰላም ተኽለ", "Yonas Habteab"),
    "Indian": ("प्रिया शर्मा", "ਗੁਰਪ੍ਰੀਤ", "Arjun Nambiar"),
    "Iranian": ("پریسا کریمی", "Dariush Farahani"),
    "Afghan": ("نجیب الله", "Zarghuna"),
    "Romanian": ("Ștefan Țurcanu", "Ioana Brânză"),
    "Chinese": ("欧阳晓燕", "Li Wei-Ming"),
    "Somali": ("Cabdi Xirsi", "Hodan"),
    "Pakistani": ("عائشہ بی بی", "Imran Yousafzai"),
    "Syrian": ("رنا الحلبي", "Nizar"),
    "Iraqi": ("زينب الكناني", "Haider"),
    "Ethiopian": ("አበበ ወርቁ", "Tigist"),
    "Polish": ("Zdzisław Żółć", "Łucja Święcicka"),
    "Bulgarian": ("Йордан Щерев", "Гергана"),
}
STORIES = (
    "They are driven there before dawn and brought back after dark.",
    "Somebody else holds the passports and does all the talking.",
    "She has not been paid since she came, and may not leave the house alone.",
    "There are mattresses behind the shop and the windows are covered.",
    "He says that he owes them more every week, whatever he works.",
    "Different men come at all hours; she looks frightened and has bruises.",
    "Two lads carry bags in and out at night and have three phones each.",
)
QUESTIONS = (
    "I write a school project about exploitation and look for figures.",
    "Our canteen would like posters that show the signs.",
    "Which training do you offer to letting agents?",
)
NEVER_DO = ("never ring after six, he is at home", "no letters, the post is opened", "no voicemail")
STREETS = ("Larch Row", "Tannery Lane", "Harbour Close", "Old Mill Yard", "Quarry Terrace")


def name(random: Random, nationality: str | None) -> str:
    known = nationality if nationality in NAMES else random.choice(list(NAMES))
    return random.choice(NAMES[known])


def address(random: Random) -> str:
    return f"{random.randint(1, 190)} {random.choice(STREETS)}"
