"""A store as a payer on the way needs it: in words, and as a pin."""

from datetime import datetime

from bot.messages import Choice, Outgoing, Place
from bot.ports import Found, Store
from bot.words import Words


def store_name(store: Store, words: Words) -> str:
    """Return what the sign says, in the payer's language where there is one."""
    return words.pick(store.name, store.name_ar)


def found_title(area: str, words: Words) -> str:
    """Say of what stores there is a list: those of an area, or else near the payer."""
    if area:
        return words.say("*Stores in {area}*", area=area)
    return words.say("*Stores near you*")


def none_near(words: Words) -> str:
    """Say that there is no store near the payer."""
    return words.say("I know no store near you. Please try the name of an area.")


def none_in_area(words: Words) -> str:
    """Say that there is no store in the area that was named."""
    return words.say(
        "I know no store there. Try a bigger area, for example Deira, or share your "
        "location."
    )


def described(found: Found, words: Words, now: datetime, number: int = 0) -> str:
    """Return name, distance, hours and address; a number makes it an item of a list."""
    store = found.store
    name = words.say("*{store}*", store=store_name(store, words))
    headed = words.numbered(number, name) if number else name
    lines = [headed, facts_now(found, words, now)]
    if address := words.pick(store.address, store.address_ar):
        lines.append(address)
    return "\n".join(lines)


def pin(store: Store, words: Words, number: int = 0) -> Outgoing:
    """Return the store on the map, with the way there."""
    name = store_name(store, words)
    place = Place(
        store.latitude,
        store.longitude,
        title=words.numbered(number, name) if number else name,
        address=words.pick(store.address, store.address_ar) or name,
    )
    link = Choice("", words.say("Directions"), url=way_to(store))
    return Outgoing("", ((link,),), place=place)


def way_to(store: Store) -> str:
    """Return the address of a map with the way to the store."""
    target = f"{store.latitude:.6f},{store.longitude:.6f}"
    return f"https://www.google.com/maps/dir/?api=1&destination={target}"


def facts_now(found: Found, words: Words, now: datetime) -> str:
    """Say how far the store is, whether it is open, and until when that holds."""
    facts = [_hours(found, words, now)]
    if found.distance_m is not None:
        facts.insert(0, words.distance(found.distance_m))
    return " · ".join(facts)


def _hours(found: Found, words: Words, now: datetime) -> str:
    if found.open_now:
        if found.changes_at is None:
            return words.say("open now")
        return words.say("open until {time}", time=words.clock(found.changes_at))
    if found.changes_at is None:
        return words.say("closed now")
    return words.say(
        "closed, opens {moment}", moment=words.moment(found.changes_at, now)
    )
