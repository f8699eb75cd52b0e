package dev.holdfast.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Holds what a user reads about a file, to the letter: beside each {@code .toml} stands a {@code .txt} with its
 * messages. Those in {@code bad} cannot be used; those in {@code doubtful} can, and are warned of. With
 * {@code -Dholdfast.writeMessages=true} what is missing is written, to be read before it is committed.
 */
class MessagesTest {
    private static final Path FILES = Path.of("src/test/resources/dev/holdfast/config");

    /** The environment of all files; whatever is a secret in it must not be in any message. */
    private static final Environment VARIABLES = new Environment(
            Map.of(
                    "API_HOST", "api.example.com",
                    "RETRIES", "7",
                    "EMPTY", "",
                    "WAIT", "2s",
                    "TOKEN", "s3cr3t-t0k3n",
                    "LIST", "GET,s3cr3t b,PUT"),
            Map.of());

    @TestFactory
    Stream<DynamicTest> aBadFileIsRefusedWithEverythingThatIsWrongWithIt() throws IOException {
        return files("bad", 110)
                .map(file -> DynamicTest.dynamicTest(name(file), () -> {
                    String said = "";
                    try {
                        ConfigLoader.parse(Files.readString(file), "t.toml", VARIABLES);
                    } catch (ConfigException e) {
                        said = e.getMessage() + "\n";
                    }
                    assertSaid(file, said);
                }));
    }

    @TestFactory
    Stream<DynamicTest> aDoubtfulFileIsTakenWithAWarning() throws IOException {
        return files("doubtful", 25)
                .map(file -> DynamicTest.dynamicTest(name(file), () -> {
                    StringBuilder said = new StringBuilder();
                    for (Problem warning : ConfigLoader.parse(Files.readString(file), "t.toml", VARIABLES)
                            .warnings()) {
                        said.append(warning).append('\n');
                    }
                    assertSaid(file, said.toString());
                }));
    }

    @TestFactory
    Stream<DynamicTest> bothParsersLeadToTheSame() throws IOException {
        return Stream.concat(files("bad", 110), files("doubtful", 25))
                .map(file -> DynamicTest.dynamicTest(name(file), () -> {
                    String text = Files.readString(file);
                    ParsedTable plain = SimpleTomlParser.parse(text);
                    Problems byPlain = new Problems("t.toml");
                    Problems byFull = new Problems("t.toml");
                    new DocumentReader("t.toml", byFull, VARIABLES).read(text);
                    if (plain != null) {
                        new DocumentReader("t.toml", byPlain, VARIABLES).read(plain, text);
                        assertThat(byPlain.errors()).isEqualTo(byFull.errors());
                        assertThat(byPlain.warnings()).isEqualTo(byFull.warnings());
                    } else {
                        assertThat(byFull.any()).isTrue();
                    }
                }));
    }

    private static Stream<Path> files(String directory, int atLeast) throws IOException {
        try (Stream<Path> all = Files.list(FILES.resolve(directory))) {
            List<Path> files = all.filter(file -> file.toString().endsWith(".toml"))
                    .sorted()
                    .toList();
            assertThat(files).hasSizeGreaterThanOrEqualTo(atLeast);
            return files.stream();
        }
    }

    private static void assertSaid(Path file, String said) throws IOException {
        Path expected = file.resolveSibling(name(file) + ".txt");
        if (Boolean.getBoolean("holdfast.writeMessages") && !Files.exists(expected)) {
            Files.writeString(expected, said);
        }
        assertThat(said).isNotBlank().isEqualTo(Files.readString(expected));
    }

    private static String name(Path file) {
        return file.getFileName().toString().replace(".toml", "");
    }
}
