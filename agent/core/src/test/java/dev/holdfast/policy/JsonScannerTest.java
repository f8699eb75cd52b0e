package dev.holdfast.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.core.json.JsonFactory;

/** The search for a value in a JSON text, compared with what another parser makes of the same text. */
class JsonScannerTest {
    /** The document of RFC 6901, section 5. */
    private static final String OF_THE_RFC =
            "{\"foo\":[\"bar\",\"baz\"],\"\":0,\"a/b\":1,\"c%d\":2,\"e^f\":3,\"g|h\":4,"
                    + "\"i\\\\j\":5,\"k\\\"l\":6,\" \":7,\"m~n\":8}";

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(512).build())
            .build();

    private static final List<String> SCALARS = List.of(
            "null",
            "true",
            "false",
            "0",
            "-12.5e3",
            "7",
            "\"\"",
            "\"a\\u00e9\\n\\\"~/\"",
            "\"x y\"",
            "\"\\ud83d\"",
            "[]",
            "{}");
    private static final List<String> NAMES =
            List.of("\"a\"", "\"b\"", "\"\\u0061\"", "\"a/b\"", "\"~\"", "\"\"", "\"0\"");
    private static final List<String> DAMAGE = List.of("", "\"", "}", "]", ",", "0", "\\", ":", "x", "\u0001");

    private static @Nullable JsonValue at(String pointer, String text) {
        return JsonValue.at(Objects.requireNonNull(JsonPointer.parse(pointer), pointer), text);
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "/foo/0, bar",
                "/, 0",
                "/a~1b, 1",
                "/c%d, 2",
                "/e^f, 3",
                "/g|h, 4",
                "/i\\j, 5",
                "/k\"l, 6",
                "`/ `, 7",
                "/m~0n, 8"
            })
    void findsWhatTheStandardSays(String pointer, String text) {
        assertThat(at(pointer, OF_THE_RFC)).isEqualTo(new JsonValue(kind(text), text));
    }

    private static JsonValue.Kind kind(String text) {
        return text.matches("-?[0-9].*") ? JsonValue.Kind.NUMBER : JsonValue.Kind.SCALAR;
    }

    @ParameterizedTest
    @CsvSource({
        "1, 1, true",
        "1, 1.0, true",
        "1.0, 1, true",
        "100, 1e2, true",
        "1e2, 100, true",
        "-0.5, -5E-1, true",
        "1, 1.1, false",
        "1, 10, false",
        "1*, 1.0, true",
        "2*, 1.0, false",
        "1, 1e999999999, false",
        "1e999999999, 1e999999999, true",
        "one, 1, false",
        "1, \"1.0\", false",
        "1.10, \"1.1\", false",
        "1, \"1\", true",
        "1, true, false"
    })
    void aNumberIsEqualHoweverItIsWritten(String pattern, String value, boolean matches) {
        JsonValue found = Objects.requireNonNull(at("/a", "{\"a\": " + value + "}"));

        assertThat(found.matches(TextPattern.of(pattern))).isEqualTo(matches);
    }

    @Test
    void tellsWhatIsThereFromWhatIsNot() {
        String text = "{\"a\": null, \"b\": [], \"c\": {}, \"d\": [0], \"e\": {\"\": 1}, \"f\": \"\", \"g\": -1.5e+3}";

        assertThat(at("/a", text)).isEqualTo(new JsonValue(JsonValue.Kind.NULL, "null"));
        assertThat(at("/b", text)).isEqualTo(new JsonValue(JsonValue.Kind.EMPTY, ""));
        assertThat(at("/c", text)).isEqualTo(new JsonValue(JsonValue.Kind.EMPTY, ""));
        assertThat(at("/d", text)).isEqualTo(new JsonValue(JsonValue.Kind.FILLED, ""));
        assertThat(at("/e", text)).isEqualTo(new JsonValue(JsonValue.Kind.FILLED, ""));
        assertThat(at("/f", text)).isEqualTo(new JsonValue(JsonValue.Kind.SCALAR, ""));
        assertThat(at("/g", text)).isEqualTo(new JsonValue(JsonValue.Kind.NUMBER, "-1.5e+3"));
        for (String missing : List.of("/h", "/d/1", "/d/00", "/d/-", "/a/b", "/f/0", "/g/x")) {
            assertThat(at(missing, text)).as(missing).isNull();
        }
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "*, 1, true",
                "*, null, false",
                "*, [], false",
                "*, {}, false",
                "*, [null], true",
                "*, `\"\"`, true",
                "null, null, true",
                "n*, null, true",
                "true, true, true",
                "429, 429, true",
                "42*, 429, true",
                "thr*led, `\"THROTTLED\"`, true",
                "throttled, `\"throttle\"`, false",
                "1, [1], false"
            })
    void aPatternMatchesAValue(String pattern, String value, boolean matches) {
        JsonValue found = Objects.requireNonNull(at("/v", "{\"v\":" + value + "}"));

        assertThat(found.matches(TextPattern.of(pattern))).isEqualTo(matches);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "{\"a\":1",
                "{\"a\":1}}",
                "{\"a\":1} x",
                "{\"a\":01}",
                "{\"a\":1.}",
                "{\"a\":.5}",
                "{\"a\":+1}",
                "{\"a\":1,}",
                "{\"a\":tru}",
                "{\"a\":\"\\x\"}",
                "{\"a\":\"\\u12g4\"}",
                "{\"a\":\"\t\"}",
                "{a:1}",
                "{'a':1}",
                "{\"a\" 1}",
                "{\"a\":[1,]}",
                "{\"a\":1}{\"a\":1}",
                "{\"a\":NaN}",
                "<a>1</a>",
                "{\"a\":-}",
                "{\"a\":1e}"
            })
    void aTextThatIsNoJsonHasNoValues(String text) {
        assertThat(at("/a", text)).isNull();
        assertThat(at("", text)).isNull();
    }

    @Test
    void isNotLedAstrayByDepth() {
        String deep = "[".repeat(100_000);
        assertThat(at("/0/0", deep)).isNull();
        assertThat(at("", "[".repeat(513) + "]".repeat(513))).isNull();
        assertThat(at("/0", "[".repeat(512) + "]".repeat(512))).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "errors/0", "$.errors", "/a~", "/a~2", "#/a"})
    void knowsWhatIsNoPointer(String text) {
        assertThat(JsonPointer.parse(text)).isNull();
    }

    @Property(tries = 2000)
    void agreesWithAnotherParser(@ForAll long seed) {
        Random random = new Random(seed);
        String text = text(random);
        List<String> places = new ArrayList<>();
        Object whole;
        try {
            whole = tree(text);
            places(whole, "", places);
        } catch (StreamReadException e) {
            whole = null;
            places.add("");
            places.add("/a");
        }
        places.add("/a/b");
        places.add("/0/1");
        String pointer = places.get(random.nextInt(places.size()));
        JsonPointer parsed = Objects.requireNonNull(JsonPointer.parse(pointer));

        assertThat(JsonValue.at(parsed, text)).isEqualTo(whole == null ? null : valueAt(whole, parsed.tokens()));
    }

    /** Well-formed texts of a few levels, and such texts that are damaged at one place. */
    private static String text(Random random) {
        String text = value(random, 4);
        if (random.nextInt(4) > 0) {
            return text;
        }
        int at = random.nextInt(text.length() + 1);
        return text.substring(0, at)
                + DAMAGE.get(random.nextInt(DAMAGE.size()))
                + text.substring(Math.min(at + random.nextInt(2), text.length()));
    }

    private static String value(Random random, int levels) {
        int kind = levels == 0 ? 0 : random.nextInt(3);
        if (kind == 0) {
            return SCALARS.get(random.nextInt(SCALARS.size()));
        }
        List<String> parts = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            String name = kind == 1 ? "" : NAMES.get(random.nextInt(NAMES.size())) + " :";
            parts.add(name + value(random, levels - 1));
        }
        String within = String.join(random.nextBoolean() ? "," : " ,\n ", parts);
        return kind == 1 ? "[" + within + " ]" : "{" + within + "}";
    }

    // ---- the same by another parser

    private record Scalar(String text, JsonValue.Kind kind) {}

    private static Object tree(String text) {
        try (JsonParser parser = FACTORY.createParser(text)) {
            if (parser.nextToken() == null) {
                throw new StreamReadException(parser, "empty");
            }
            Object whole = value(parser);
            if (parser.nextToken() != null) {
                throw new StreamReadException(parser, "more");
            }
            return whole;
        }
    }

    private static Object value(JsonParser parser) {
        JsonToken token = parser.currentToken();
        if (token == JsonToken.START_ARRAY) {
            List<Object> items = new ArrayList<>();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                items.add(value(parser));
            }
            return items;
        }
        if (token == JsonToken.START_OBJECT) {
            Map<String, Object> members = new LinkedHashMap<>();
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String name = parser.currentName();
                parser.nextToken();
                members.put(name, value(parser));
            }
            return members;
        }
        return new Scalar(
                parser.getString(),
                token == JsonToken.VALUE_NULL
                        ? JsonValue.Kind.NULL
                        : token.isNumeric() ? JsonValue.Kind.NUMBER : JsonValue.Kind.SCALAR);
    }

    private static void places(Object value, String pointer, List<String> to) {
        to.add(pointer);
        if (value instanceof Map<?, ?> members) {
            members.forEach((name, member) -> places(
                    member, pointer + "/" + name.toString().replace("~", "~0").replace("/", "~1"), to));
        } else if (value instanceof List<?> items) {
            for (int i = 0; i < items.size(); i++) {
                places(items.get(i), pointer + "/" + i, to);
            }
        }
    }

    private static @Nullable JsonValue valueAt(Object whole, List<String> tokens) {
        Object at = whole;
        for (String token : tokens) {
            if (at instanceof Map<?, ?> members && members.containsKey(token)) {
                at = Objects.requireNonNull(members.get(token));
            } else if (at instanceof List<?> items
                    && token.matches("0|[1-9][0-9]{0,8}")
                    && Integer.parseInt(token) < items.size()) {
                at = items.get(Integer.parseInt(token));
            } else {
                return null;
            }
        }
        if (at instanceof Scalar scalar) {
            return new JsonValue(scalar.kind(), scalar.text());
        }
        boolean empty = at instanceof List<?> items ? items.isEmpty() : ((Map<?, ?>) at).isEmpty();
        return new JsonValue(empty ? JsonValue.Kind.EMPTY : JsonValue.Kind.FILLED, "");
    }
}
