package dev.holdfast.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.tomlj.Toml;

/** Tests that no TOML is taken for another language; {@link MessagesTest} holds what is said of those. */
class ForeignFormatTest {
    @Test
    void beginningsThatLookLikeAnotherLanguageAndAreToml() {
        for (String toml : List.of(
                "--- = 1",
                "---a = 1",
                "- = 1",
                "\"a: b\" = 1",
                "\"a\\\": b\" = 1",
                "'a: b' = 1",
                "a = \"b: c\"",
                "a.b = { c = 1 }",
                "[ \"a: b\" ]",
                "[[a]]",
                "# { }\n\n[a]",
                "")) {
            assertThat(Toml.parse(toml).errors()).as(toml).isEmpty();
            assertThat(ForeignFormat.of(toml, "t.toml")).as(toml).isNull();
        }
    }

    @Test
    void everyBeginningThatIsKnownIsAnErrorInToml() {
        for (String other : List.of(
                "a:",
                "a: 1",
                "\"a\": 1",
                "'a' : 1",
                "- a: 1",
                "---",
                "--- a",
                "%YAML 1.2",
                "{}",
                "{ a = 1 }",
                "[",
                "[{}]",
                "[ {",
                "<a>",
                "*.b: 1",
                "a/b: 1")) {
            assertThat(ForeignFormat.of(other, "t.toml")).as(other).isNotNull();
            assertThat(Toml.parse(other).errors()).as(other).isNotEmpty();
        }
    }

    @Test
    void everyExampleIsToml() throws IOException {
        try (Stream<Path> examples = Files.list(Path.of("../../config-examples"))) {
            for (Path example :
                    examples.filter(file -> file.toString().endsWith(".toml")).toList()) {
                assertThat(ForeignFormat.of(Files.readString(example), "t.toml"))
                        .as(example.toString())
                        .isNull();
            }
        }
    }
}
