package dev.holdfast.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** Tests what the plain parser accepts is valid TOML, and it reads what the full parser reads, in the same places. */
class SimpleTomlParserProperties {
    private static final String REFERENCE = text("../../config-examples/reference.toml");

    private static final String[] LINES = {
        "a = 1",
        "b = -0.5 # comment é",
        "a.b = \"x\\ty\\\"\"",
        "a . c = 'C:\\x'",
        "\"q u\".'r' = true",
        "c = [1, 2,\n  3, # three\n]",
        "c = [[\"a\"], []]",
        "d = { x = 1, y.z = \"w\" }",
        "d = {}",
        "d.e = 2",
        "  e\t=\tfalse\t",
        "[a]",
        "[ a . b ]",
        "[a.b.c]",
        "[\"*.x\".retry]",
        "[d]",
        "[[f]]",
        "[[ f ]] # again",
        "[[a]]",
        "[[a.b]]",
        "[[a.b.c]]",
        "[f.g]",
        "[[f.g]]",
        "[f.g.h]",
        "[[f]",
        "[ [f]]",
        "[[f] ]",
        "f = [{}]",
        "[f]",
        "f = 1979-05-27",
        "g = 0x1F",
        "g = 1_000",
        "g = 07",
        "g = 1e3",
        "g = +9",
        "g = 999999999999999999",
        "g = 9999999999999999999",
        "h = \"\"\"\nx\"\"\"",
        "h = ''''''",
        "h = \"\"",
        "i = \"\\u00e9\"",
        "i = \"\\x\"",
        "j = ",
        "= 1",
        "k 1",
        "k = 1 l = 2",
        "k = [1 2]",
        "k = { a = 1, }",
        "k = { a = 1\n}",
        "k = \"a\tb\"",
        "k = \"a",
        "k = true1",
        "",
        "# \u0001",
        "# \uD83D\uDE00",
        "a = 1\r",
        "m = .5",
        "m = 5."
    };

    @Property(tries = 4_000)
    void linesOfEveryKind(@ForAll("documents") String text) {
        agreesWithTheFullParser(text);
    }

    @Property(tries = 500)
    void theReferenceWithSomethingCutOutAndSomethingPutIn(
            @ForAll @IntRange(max = 40_000) int start,
            @ForAll @IntRange(max = 30) int length,
            @ForAll("snippets") String inserted) {
        int from = start % REFERENCE.length();
        int to = Math.min(REFERENCE.length(), from + length);

        agreesWithTheFullParser(REFERENCE.substring(0, from) + inserted + REFERENCE.substring(to));
    }

    @Example
    void everyExampleIsPlain() throws IOException {
        try (Stream<Path> examples = Files.list(Path.of("../../config-examples"))) {
            List<Path> files =
                    examples.filter(file -> file.toString().endsWith(".toml")).toList();
            assertThat(files).isNotEmpty();
            for (Path file : files) {
                assertThat(SimpleTomlParser.parse(Files.readString(file)))
                        .as("%s", file)
                        .isNotNull();
                agreesWithTheFullParser(Files.readString(file));
            }
        }
    }

    @Example
    void takesNoMoreStackForDeepNesting() {
        assertThat(SimpleTomlParser.parse("a = " + "[".repeat(100_000))).isNull();
        assertThat(SimpleTomlParser.parse("a = " + "{a=".repeat(100_000))).isNull();
    }

    @Provide
    Arbitrary<String> documents() {
        return Arbitraries.of(LINES).list().ofMaxSize(6).map(lines -> String.join("\n", lines));
    }

    @Provide
    Arbitrary<String> snippets() {
        return Arbitraries.of("", "\"", "'", "[", "]", ".", "=", "\n", ",", "{", "}", "#", "1", "-", "a", "\\", "\r\n");
    }

    private static void agreesWithTheFullParser(String text) {
        ParsedTable plain = SimpleTomlParser.parse(text);
        if (plain == null) {
            return;
        }
        TomlSyntax full = TomlSyntax.parse(text);
        assertThat(full.errors()).as(text).isEmpty();
        assertThat(described(plain)).as(text).isEqualTo(described(full.table()));
    }

    private static Object described(Object value) {
        if (value instanceof ParsedTable table) {
            Map<String, Object> entries = new TreeMap<>();
            for (String name : table.names()) {
                Map<String, Object> entry = new LinkedHashMap<>();
                entry.put("at", table.position(name));
                entry.put("value", described(table.value(name)));
                entries.put(name, entry);
            }
            return entries;
        }
        if (value instanceof ParsedArray array) {
            List<Object> items = new ArrayList<>();
            for (int i = 0; i < array.values().size(); i++) {
                items.add(List.of(array.position(i), described(array.values().get(i))));
            }
            return items;
        }
        return value;
    }

    private static String text(String file) {
        try {
            return Files.readString(Path.of(file));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
