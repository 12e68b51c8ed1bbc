"""The vocabulary: every word that a site or a request can have, in lower case.

Names of pages, fields, items and values are drawn from lists that share no word with `FUNCTION`, the closed list that
tells what a request is about from how it is put.
"""


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


THEMES = tuple(
    map(
        _words,
        (
            "account address avatar balance birthday budget contact currency email gender history invoice "
            "language mobile nickname notice passport password payment phone privacy profile region salary street "
            "surname token username voucher wallet",
            "basket brand bundle buyer cart catalog checkout coupon customer delivery discount gift label order "
            "outlet parcel price product quantity receipt refund review shelf shipping stock supplier tax "
            "tracking warehouse wishlist",
            "aisle airport arrival baggage boarding booking bridge cabin coach departure ferry flight gate hostel "
            "hotel island itinerary lounge luggage meal museum pilot platform resort route suite ticket tour "
            "traveller visa",
            "agenda alarm attendee calendar chair committee deadline event guest holiday host interval invitation "
            "lecture meeting memo minutes occasion organizer panel project reminder room schedule session speaker "
            "summary task venue workshop",
            "album artist ballad band chorus concert drummer encore festival genre guitar jazz lyric melody "
            "mixtape opera orchestra piano playlist podcast poster radio recording rhythm singer song soundtrack "
            "studio tempo violin",
            "allergy appointment bandage blood clinic dentist diagnosis doctor dose fever hospital injury insurer "
            "medicine nurse nutrition patient pharmacy pillow prescription pulse recovery referral surgeon "
            "symptom therapy thermometer treatment vaccine ward",
            "backup bandwidth browser cache certificate cluster commit container database domain endpoint "
            "firewall folder gateway kernel license module monitor network plugin printer proxy queue release "
            "repository router script server socket storage",
            "assignment biology campus chapter chemistry classroom course diploma dormitory essay exam faculty "
            "geography grade grammar homework laboratory library mathematics notebook physics professor quiz "
            "scholarship school semester student teacher thesis tuition",
        ),
    )
)
"""What sites are about: nouns for fields, items and pages."""
ADJECTIVES = _words(
    "active annual archived basic billing blank blue broken central cheap clean common current daily dark default "
    "digital double draft early eastern empty extra family fast final foreign former global golden green heavy "
    "hidden inner internal junior large late legal light local lower main medical modern monthly narrow national "
    "northern official orange outer partial personal plain portable premium primary printed public purple quick "
    "quiet random rapid recent regular remote rental rough round royal rural seasonal secondary senior sharp "
    "silver simple small soft solid southern special spare standard steady strong sunny temporary tiny upper "
    "urban urgent vintage virtual weekly western wide wooden yellow yearly young"
)
COMMITS = _words(
    "accept apply approve archive confirm continue deliver finish forward launch proceed publish register reserve "
    "save send share submit subscribe transfer update upload validate"
)
"""What a button that ends a request is called, and what buttons beside it are called that end it wrongly."""
ACTS = _words("copy delete edit follow inspect mark mute pin print rename reply star lock")
"""What the buttons in the rows of a table are called."""
CLOSERS = _words("close dismiss okay cancel")
"""What buttons that close a dialog are called."""
PEOPLE = _words(
    "ada alan amir anna bela bruno carla chen clara dora edgar elena emil farid fiona george greta hana hugo ines "
    "ivan jonas julia karim katya lars leila linus luisa marco maria milan mona nadia nils noor olga omar oscar "
    "paula pedro petra quentin rachel ravi rosa samir selma simon sofia stefan tanja thomas uma victor wanda "
    "xenia yusuf zara zeno"
)
TOWNS = _words(
    "aarhus accra ankara athens bergen berlin bilbao bogota boston bremen cairo calgary chennai dakar delhi "
    "dublin essen faro geneva ghent graz hanoi havana izmir jakarta kyiv kyoto lagos leeds lima lisbon lyon "
    "malaga malmo milano mumbai nairobi naples oslo ottawa perth porto prague quito riga rome seoul sofiya "
    "tampere tartu tokyo tunis turin utrecht vienna warsaw york zagreb zurich"
)
GOODS = _words(
    "almonds apples apron bicycle blanket bottle bread brush bucket butter candle carpet cheese chocolate coffee "
    "comb drill envelope fork garlic glove hammer honey jacket jar kettle knife ladder lamp lemon mirror mug "
    "napkin needle onion oven paint pan paper pear pen pepper plate pot potato radish rope ruler salt scarf "
    "shovel soap sofa spoon stapler sugar tea towel umbrella vase"
)
LOREM = _words("lorem ipsum dolor amet consectetur adipiscing elit sed tempor incididunt labore magna aliqua")
FUNCTION = frozenset(
    _words(
        "a about above after afterwards all also an and as at be before below beside by called can check choose "
        "click could do down enter entry fill finally find first for from get give go hit i if in into is it its "
        "kindly last let look me my named need next now of on once one open or our out page pick please press put "
        "right row search select set site so some tap text thank thanks that the their them then there this tick "
        "to too type under up us use value want was we with would you your"
    )
)
"""Words that say how a request is put, not what it is about."""
