"""The joined script says what the modules say, in the order of need; what it cannot join it refuses."""

import pytest

from kentongan_server.inbound.web.joined_script import join, lean


def test_modules_become_rooms_in_the_order_of_need():
    served = join(
        {
            "app.js": 'import { twice } from "./sum.js";\nimport { one } from "./numbers.js";\nconsole.log(twice(one));\n',
            "sum.js": 'import { one as unit } from "./numbers.js";\nexport function twice(a) {\n  return a * (unit + 1);\n}\n',
            "numbers.js": "export const one = 1;\nconst hidden = 2;\nexport async function three() {}\nexport class Four {}\n",
        }
    )
    assert list(served) == ["app.js"]
    assert served["app.js"] == (
        "const room_numbers = (() => {\nconst one = 1;\nconst hidden = 2;\nasync function three() {}\nclass Four {}\n"
        "return { one, three, Four };\n})();\n"
        "const room_sum = (() => {\nconst { one: unit } = room_numbers;\nfunction twice(a) {\nreturn a * (unit + 1);\n}\n"
        "return { twice };\n})();\n"
        'export const rooms = { "numbers.js": room_numbers, "sum.js": room_sum };\n'
        "const { twice } = room_sum;\nconst { one } = room_numbers;\nconsole.log(twice(one));\n"
    )


def test_what_comes_later_shares_the_rooms_that_are_there():
    served = join(
        {
            "app.js": 'import { t } from "./words.js";\nawait import("./map.js");\n',
            "words.js": "export const t = 1;\n",
            "map.js": 'import { ground } from "./ground.js";\nimport { t } from "./words.js";\nexport const map = [ground, t];\n',
            "ground.js": 'import { t } from "./words.js";\nexport const ground = t;\n',
        }
    )
    assert served["map.js"] == (
        'import { rooms } from "./app.js";\nconst room_words = rooms["words.js"];\n'
        "const room_ground = (() => {\nconst { t } = room_words;\nconst ground = t;\nreturn { ground };\n})();\n"
        "const { ground } = room_ground;\nconst { t } = room_words;\nexport const map = [ground, t];\n"
    )


@pytest.mark.parametrize(
    "beyond",
    [
        "export default 1;",
        "export let a = 1;",
        "export { a };",
        'import a from "./a.js";',
        'import * as a from "./a.js";',
        'import "./a.js";',
        'import { a } from "https://elsewhere.example/a.js";',
        'import {\n  a,\n} from "./a.js";',
    ],
)
def test_what_it_cannot_join_is_refused(beyond):
    with pytest.raises(ValueError, match="beyond what the page's modules may say"):
        join({"app.js": f"{beyond}\n", "a.js": "export const a = 1;\n"})


def test_a_circle_is_refused():
    with pytest.raises(ValueError, match=r"a\.js imports itself"):
        join(
            {
                "app.js": 'import { a } from "./a.js";\n',
                "a.js": 'import { b } from "./b.js";\nexport const a = 1;\n',
                "b.js": 'import { a } from "./a.js";\nexport const b = 1;\n',
            }
        )


def test_scripts_lose_comments_and_indentation_and_nothing_else():
    source = '// @ts-check\n/** One\n * two */\nconst a = "// no comment"; // stays\n\n  if (a) {\n    // goes\n    b(`x`);\n  }\n'
    assert lean(source) == 'const a = "// no comment";\nif (a) {\nb(`x`);\n}\n'
    for text in ('const a = "one // two";\n', "f('x // y', `z`);\n", "g(); // it's kept, for a text may end so\n"):
        assert lean(text) == text
    spanning = "const text = `\n  // part of the text\n`;\n"
    assert lean(spanning) == spanning
