package dev.holdfast.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Texts that users read, held to the letter by files among the test's resources. */
public final class GoldenFile {
    private static final String WRITE = "holdfast.writeGolden";

    private GoldenFile() {}

    /**
     * Fails unless a text is what its file holds.
     *
     * @param name below {@code src/test/resources/dev/holdfast}
     */
    public static void assertGolden(String name, String text) {
        Path file = Path.of("src", "test", "resources", "dev", "holdfast").resolve(name);
        try {
            if (Boolean.getBoolean(WRITE)) {
                Files.createDirectories(file.getParent());
                Files.writeString(file, text);
            }
            assertThat(file)
                    .content()
                    .as("run with -D" + WRITE + "=true to write it anew, and read what changed")
                    .isEqualToNormalizingNewlines(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
