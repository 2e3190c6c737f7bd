"""Random names for things that were given none."""

from __future__ import annotations

import random

_ADJECTIVES = (
    "able agile airy amber ample ardent azure balmy basic bold brave breezy bright brisk calm candid casual charming "
    "clean clear clever coastal cosmic crisp curious daring deft dapper eager early earnest easy elated fair fancy "
    "fearless fleet fluent fond frank free fresh gentle gilded glad golden grand handy happy hardy hearty honest humble "
    "ideal jolly joyful keen kind lively loyal lucid lucky lush mellow merry mighty mild modest neat nimble noble novel "
    "orderly patient placid polite proud quick quiet rapid rare ready robust rosy rustic serene sharp silent sincere "
    "sleek smooth snappy solid spry stately steady sturdy sunny swift tidy tranquil trim trusty upbeat valiant vivid "
    "warm wise witty zesty"
).split()
_NOUNS = (
    "alder ant aspen badger bass bat beaver bee beetle birch bison brook calf carp cedar chimp cod colt conch cove crab "
    "crane cub deer delta dove duck eagle eel elk elm falcon fawn fern finch fish foal fox frog gnat goat goose grouse "
    "gull hare harp hawk hen heron horse hound ibis jay kelp koi lake lamb lark lynx maple mare marsh mink mole moose "
    "moth mouse newt oak orca otter owl ox panda perch pig pike pine plover pond pony quail ram rat raven ray reed "
    "river robin rook salmon seal shad sheep shore shrew shrike skink slug snail snake sole spruce squid stag stoat "
    "stork stream swan tern thrush toad trout turtle vole wasp weir whale willow wolf wren yak"
).split()


def random_name() -> str:
    """Two words and a number, such as `amber-trout-415`; easy to say, not unique."""
    pick = random.SystemRandom()
    return f"{pick.choice(_ADJECTIVES)}-{pick.choice(_NOUNS)}-{pick.randrange(1000)}"
