package dev.holdfast.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Holds what a user reads about a bad file, to the letter: {@code bad-files.txt} has each file and its message. */
class BadFilesTest {
    private static final Pattern CASE = Pattern.compile("(?ms)^=== ([^\n]*)\n(.*?)^---\n(.*?)(?=^=== |\\z)");

    private record BadFile(String name, String text, String message) {}

    @TestFactory
    Stream<DynamicTest> saysWhatIsWrongWithItAndWhatToDo() throws IOException {
        return badFiles().stream()
                .map(file -> DynamicTest.dynamicTest(file.name(), () -> {
                    ConfigException e = catchThrowableOfType(
                            ConfigException.class, () -> ConfigLoader.parse(file.text(), "t.toml"));
                    assertThat(e).isNotNull();
                    assertThat(e.getMessage() + "\n").isEqualTo(file.message());
                }));
    }

    @Test
    void theTableIsWhole() throws IOException {
        assertThat(badFiles()).hasSizeGreaterThanOrEqualTo(80);
        assertThat(badFiles()).extracting(BadFile::name).doesNotHaveDuplicates();
    }

    private static List<BadFile> badFiles() throws IOException {
        try (InputStream in = Objects.requireNonNull(BadFilesTest.class.getResourceAsStream("bad-files.txt"))) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return CASE.matcher(text)
                    .results()
                    .map(found -> new BadFile(found.group(1), found.group(2), found.group(3)))
                    .toList();
        }
    }
}
