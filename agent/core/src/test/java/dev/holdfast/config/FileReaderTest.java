package dev.holdfast.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever the name of the file leads to, the answer is its text or a message that says what to do. */
class FileReaderTest {
    @TempDir
    Path folder;

    @Test
    void readsUtf8() throws Exception {
        Path file = Files.writeString(folder.resolve("a.toml"), "# Grüße, 世界 \uD83D\uDE80\n[retry]\n");

        assertThat(FileReader.read(file.toString())).isEqualTo("# Grüße, 世界 \uD83D\uDE80\n[retry]\n");
        assertThat(ConfigLoader.load(file.toString()).file()).isEqualTo(file.toString());
    }

    @Test
    void followsALink() throws Exception {
        Files.writeString(folder.resolve("..data"), "[retry]\n");
        Path link = Files.createSymbolicLink(folder.resolve("a.toml"), Path.of("..data"));

        assertThat(FileReader.read(link.toString())).isEqualTo("[retry]\n");
    }

    @Test
    void aMissingFileIsNamedInFull() {
        String name = folder.resolve("none.toml").toString();

        assertThatThrownBy(() -> ConfigLoader.load(name))
                .isInstanceOf(ConfigException.class)
                .hasMessage(name + ": no such file; looked for " + name);
        assertThatThrownBy(() -> ConfigLoader.load("no/such.toml"))
                .isInstanceOf(ConfigException.class)
                .hasMessage("no/such.toml: no such file; looked for "
                        + Path.of("no/such.toml").toAbsolutePath());
        assertThatThrownBy(() -> ConfigLoader.load("a\u0000b"))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("a\\u{0}b: no such file");
        assertThatThrownBy(() -> ConfigLoader.load(""))
                .isInstanceOf(ConfigException.class)
                .hasMessage("(no name): the name of the configuration file is empty");
    }

    @Test
    void aLinkThatLeadsNowhereIsSaid() throws IOException {
        Path link = Files.createSymbolicLink(folder.resolve("a.toml"), Path.of("..data/a.toml"));

        assertThatThrownBy(() -> ConfigLoader.load(link.toString()))
                .isInstanceOf(ConfigException.class)
                .hasMessage(link + ": is a link that leads to no file; looked for " + link);
    }

    @Test
    void aDirectoryThatMayNotBeEnteredIsSaid() throws IOException {
        Path closed = Files.createDirectories(folder.resolve("closed"));
        Path file = Files.writeString(closed.resolve("a.toml"), "[retry]\n");
        assertThat(closed.toFile().setExecutable(false)).isTrue();
        try {
            // The superuser may enter everything.
            assumeThat(Files.exists(file)).isFalse();

            assertThatThrownBy(() -> ConfigLoader.load(file.toString()))
                    .isInstanceOf(ConfigException.class)
                    .hasMessage(file + ": no file that can be seen: the directory " + closed + " may not be entered");
        } finally {
            assertThat(closed.toFile().setExecutable(true)).isTrue();
        }
    }

    @Test
    void aDirectoryIsNoFile() {
        assertThatThrownBy(() -> ConfigLoader.load(folder.toString()))
                .isInstanceOf(ConfigException.class)
                .hasMessage(folder + ": is a directory; name the file in it");
    }

    @Test
    void aDeviceIsNoFile() {
        assumeThat(Path.of("/dev/zero")).exists();

        assertThatThrownBy(() -> ConfigLoader.load("/dev/zero"))
                .isInstanceOf(ConfigException.class)
                .hasMessage("/dev/zero: is not a regular file");
    }

    @Test
    void aFileThatMayNotBeReadIsSaid() throws IOException {
        Path file = Files.writeString(folder.resolve("a.toml"), "[retry]\n");
        assertThat(file.toFile().setReadable(false)).isTrue();
        // The superuser may read everything.
        assumeThat(Files.isReadable(file)).isFalse();

        assertThatThrownBy(() -> ConfigLoader.load(file.toString()))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith(file + ": cannot be read: ");
    }

    @Test
    void aHugeFileIsNotReadToItsEnd() throws IOException {
        Path file = folder.resolve("huge.toml");
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.setLength(100L << 20);
        }

        assertThatThrownBy(() -> ConfigLoader.load(file.toString()))
                .isInstanceOf(ConfigException.class)
                .hasMessage(file + ": is larger than 1MiB, the most that is read");
    }

    @Test
    void aFileOfExactlyTheLimitIsRead() throws Exception {
        Path file = Files.writeString(folder.resolve("a.toml"), "#".repeat(FileReader.LIMIT));

        assertThat(FileReader.read(file.toString())).hasSize(FileReader.LIMIT);
    }

    @Test
    void bytesThatAreNotUtf8AreShownWithTheirPlace() throws IOException {
        Path file =
                Files.write(folder.resolve("a.toml"), "[retry]\n# Gr\u00fc\n".getBytes(StandardCharsets.ISO_8859_1));

        assertThatThrownBy(() -> ConfigLoader.load(file.toString()))
                .isInstanceOf(ConfigException.class)
                .hasMessage(file + ":2:5: the byte 0xfc is not UTF-8; save the file as UTF-8");
    }

    @Test
    void aTextThatEndsWithinACharacterIsShownWithItsPlace() throws IOException {
        Path file = Files.write(folder.resolve("a.toml"), new byte[] {'#', (byte) 0xe4, (byte) 0xb8});

        assertThatThrownBy(() -> ConfigLoader.load(file.toString()))
                .isInstanceOf(ConfigException.class)
                .hasMessage(file + ":1:2: the byte 0xe4 is not UTF-8; save the file as UTF-8");
    }

    @Test
    void utf16IsRecognised() throws IOException {
        Path file = Files.write(folder.resolve("a.toml"), "\uFEFF[retry]".getBytes(StandardCharsets.UTF_16LE));

        assertThatThrownBy(() -> ConfigLoader.load(file.toString()))
                .isInstanceOf(ConfigException.class)
                .hasMessage(file + ": is UTF-16; save it as UTF-8");
    }
}
