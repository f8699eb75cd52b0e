package dev.holdfast.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.tomlj.Toml;
import org.tomlj.TomlParseError;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlPosition;

class CondensedTextProperties {
    private static final CondensedText NOTHING_LEFT_OUT = CondensedText.of("");
    private static final String RUN = "# a comment, of \"\"\" and '''\n".repeat(30);
    private static final String BLANKS = " \t\r\n".repeat(25);

    @Property(tries = 300)
    void theParserReadsTheSameAtTheSamePlaces(@ForAll("texts") String text) {
        CondensedText condensed = CondensedText.of(text);
        TomlParseResult expected = Toml.parse(text);
        TomlParseResult actual = Toml.parse(condensed.text());

        assertThat(actual.toJson()).isEqualTo(expected.toJson());
        for (List<String> path : expected.keyPathSet()) {
            assertThat(place(condensed, actual.inputPositionOf(path)))
                    .isEqualTo(place(NOTHING_LEFT_OUT, expected.inputPositionOf(path)));
        }
        assertThat(places(condensed, actual)).isEqualTo(places(NOTHING_LEFT_OUT, expected));
    }

    private static List<Position> places(CondensedText condensed, TomlParseResult result) {
        return result.errors().stream()
                .map(TomlParseError::position)
                .map(at -> place(condensed, at))
                .toList();
    }

    private static Position place(CondensedText condensed, TomlPosition at) {
        return new Position(condensed.lineOf(at.line()), at.column());
    }

    @Provide
    Arbitrary<String> texts() {
        return Arbitraries.of(
                        RUN,
                        RUN.replace("\n", "\r\n"),
                        BLANKS,
                        "\n",
                        "[a.b]\n",
                        "[[c]] # [d]\n",
                        "k = 1\n",
                        "l = \"# \\\" '''\" # \"\n",
                        "l = 'it\\' # '\n",
                        "m = \"\"\"\n" + RUN.replace("\"\"\"", "\\\"\"\" \\\\") + "\"\"\"\n",
                        "m = \"\"\"\"\"\" #\n",
                        "m = \"\"\"x\"\"\"\"\" # '''\n",
                        "n = '''\n" + RUN.replace("'''", "''") + "'''\n",
                        "o = [ # one\n" + RUN + "1,\n" + BLANKS + "2 ]\n",
                        "p = [1,\n",
                        "q = \"no end\n",
                        "r = = 1\n",
                        "# \u0001\n".repeat(25))
                .list()
                .ofMaxSize(8)
                .map(parts -> String.join("", parts));
    }

    @Example
    void aRunOfThousandsOfLinesIsReadInNoTime() {
        String run = "# comment\n".repeat(20_000);

        assertThat(CondensedText.of(run + "a = 1\n" + run).text()).hasLineCount(41);
        // Given all of it, the parser would not come back at all.
        List<Problem> problems = assertTimeoutPreemptively(
                Duration.ofMinutes(1), () -> problems(run + "[retry]\nmax_retries = = 1\n" + run + "[retry]\n" + run));
        assertThat(problems).extracting(Problem::line).containsExactly(20_002, 40_003);
        assertThat(problems.get(1).toString()).contains("the first is at line 20001, column 1");
    }

    private static List<Problem> problems(String text) {
        try {
            ConfigLoader.parse(text, "f.toml");
            return List.of();
        } catch (ConfigException e) {
            return e.problems();
        }
    }
}
