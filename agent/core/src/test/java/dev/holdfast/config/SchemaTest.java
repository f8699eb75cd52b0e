package dev.holdfast.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tomlj.Toml;

/** Holds the schema that ships for editors against the definitions of the keys, and files against the schema. */
class SchemaTest {
    private static final Path EXAMPLES = Path.of("../../config-examples");
    private static final Path FILE = EXAMPLES.resolve("holdfast.schema.json");
    private static final Path MESSAGES = Path.of("src/test/resources/dev/holdfast/config");

    @Test
    void isWhatTheDefinitionsOfTheKeysSay() throws IOException {
        String expected = SchemaText.write();
        if (Boolean.getBoolean("holdfast.writeReference")) {
            Files.writeString(FILE, expected);
        }

        assertThat(FILE)
                .content()
                .as("run with -Dholdfast.writeReference=true to write it anew")
                .isEqualTo(expected);
    }

    @TestFactory
    Stream<DynamicTest> takesEveryExampleAndNamesItself() throws IOException {
        return toml(EXAMPLES)
                .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> {
                    String text = Files.readString(file);
                    assertThat(problems(text)).isEmpty();
                    // One is to be pasted elsewhere, where no schema is; the other is a document from before.
                    assertThat(text.startsWith("#:schema ./holdfast.schema.json\n"))
                            .isEqualTo(!file.endsWith("quickstart.toml") && !file.endsWith("seed-compatible.toml"));
                }));
    }

    @TestFactory
    Stream<DynamicTest> takesWhateverTheParserTakes() throws IOException {
        return toml(MESSAGES.resolve("doubtful"))
                .map(file -> DynamicTest.dynamicTest(
                        file.getFileName().toString(),
                        () -> assertThat(problems(Files.readString(file))).isEmpty()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a-mistyped-key",
                "a-mistyped-table",
                "a-key-in-the-wrong-table",
                "a-text-for-an-integer",
                "a-billion-retries",
                "a-duration-without-a-unit",
                "a-duration-without-a-unit-in-quotes",
                "a-mistyped-jitter",
                "a-mode-in-capitals",
                "a-status-that-is-none",
                "a-mistyped-error-kind",
                "a-size-with-a-decimal-unit",
                "header-conditions-as-a-list",
                "a-header-name-that-is-none",
                "a-pattern-with-a-path",
                "a-pattern-with-a-password",
                "a-key-of-the-program-below-a-host",
                "route-without-a-path",
                "unknown-key-of-a-route",
                "routes-that-are-a-table",
                "answer-with-an-unknown-key",
                "breaker-in-percent",
                "limits-that-are-none",
                "hedge-that-is-none",
                "errors-of-all-kinds-at-once-in-the-order-of-the-file"
            })
    void refusesWhatTheParserRefuses(String name) throws IOException {
        assertThat(problems(Files.readString(MESSAGES.resolve("bad/" + name + ".toml"))))
                .isNotEmpty();
    }

    private static List<Error> problems(String toml) throws IOException {
        return Holder.SCHEMA.validate(Toml.parse(toml).toJson(), InputFormat.JSON);
    }

    private static Stream<Path> toml(Path directory) throws IOException {
        try (Stream<Path> all = Files.list(directory)) {
            List<Path> files =
                    all.filter(file -> file.toString().endsWith(".toml")).toList();
            assertThat(files).hasSizeGreaterThanOrEqualTo(8);
            return files.stream();
        }
    }

    /** Read once. */
    private static final class Holder {
        static final Schema SCHEMA = read();

        private static Schema read() {
            try {
                return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_7)
                        .getSchema(Files.readString(FILE));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
