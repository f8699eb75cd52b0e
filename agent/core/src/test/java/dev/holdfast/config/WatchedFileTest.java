package dev.holdfast.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WatchedFileTest {
    private static final String ONE = "[retry]\nmax_retries = 1\n";
    private static final String TWO = "[retry]\nmax_retries = 2\n";

    @TempDir
    Path directory;

    @Test
    void takesWhatWasWrittenIntoIt() throws Exception {
        Path file = Files.writeString(directory.resolve("h.toml"), ONE);
        WatchedFile watched = new WatchedFile(file.toString(), ONE);
        FileTime before = Files.getLastModifiedTime(file);

        assertThat(watched.look()).isNull();
        Files.writeString(file, TWO);
        Files.setLastModifiedTime(file, before);

        assertTakes(watched, 2);
        assertThat(watched.look()).isNull();
    }

    @Test
    void takesAFileThatWasRenamedOverIt() throws Exception {
        Path file = Files.writeString(directory.resolve("h.toml"), ONE);
        WatchedFile watched = new WatchedFile(file.toString(), ONE);

        Files.move(
                Files.writeString(directory.resolve("h.toml~"), TWO),
                file,
                StandardCopyOption.REPLACE_EXISTING,
                StandardCopyOption.ATOMIC_MOVE);

        assertTakes(watched, 2);
    }

    @Test
    void takesTheFileOfAConfigMapThatWasSwapped() throws Exception {
        Files.createDirectories(directory.resolve("..1"));
        Files.createDirectories(directory.resolve("..2"));
        Files.writeString(directory.resolve("..1/h.toml"), ONE);
        Files.writeString(directory.resolve("..2/h.toml"), TWO);
        Files.createSymbolicLink(directory.resolve("..data"), Path.of("..1"));
        Path file = Files.createSymbolicLink(directory.resolve("h.toml"), Path.of("..data/h.toml"));
        WatchedFile watched = new WatchedFile(file.toString(), ONE);
        assertThat(watched.look()).isNull();

        Files.createSymbolicLink(directory.resolve("..data_tmp"), Path.of("..2"));
        Files.move(
                directory.resolve("..data_tmp"),
                directory.resolve("..data"),
                StandardCopyOption.REPLACE_EXISTING,
                StandardCopyOption.ATOMIC_MOVE);

        assertTakes(watched, 2);
    }

    @Test
    void leavesAFileAloneThatIsBeingWritten() throws Exception {
        Path file = Files.writeString(directory.resolve("h.toml"), ONE);
        WatchedFile watched = new WatchedFile(file.toString(), ONE);

        Files.writeString(file, "");
        assertThat(watched.look()).isNull();
        Files.writeString(file, "[retry]\n");
        assertThat(watched.look()).isNull();
        Files.writeString(file, TWO);

        assertTakes(watched, 2);
    }

    @Test
    void takesAnEmptyFileForOneThatIsAboutToBeWrittenUntilItStaysSo() throws Exception {
        Path file = Files.writeString(directory.resolve("h.toml"), ONE);
        WatchedFile watched = new WatchedFile(file.toString(), ONE);
        long start = System.nanoTime();

        Files.writeString(file, "\n");
        assertThat(watched.look(start)).isNull();
        assertThat(watched.look(start + 1_000_000_000L)).isNull();
        assertThat(watched.look(start + 2_999_999_999L)).isNull();
        Configuration taken = watched.look(start + 3_000_000_000L);

        assertThat(taken).isNotNull();
        assertThat(taken.policyBearing()).isFalse();
    }

    @Test
    void saysOnceWhatIsWrongWithABadOneAndTakesTheNextGoodOne() throws Exception {
        Path file = Files.writeString(directory.resolve("h.toml"), ONE);
        WatchedFile watched = new WatchedFile(file.toString(), ONE);

        Files.writeString(file, "[retry]\nmax_retry = 2\n");
        assertThat(watched.look()).isNull();
        assertThatThrownBy(watched::look)
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("h.toml:2:1: retry.max_retry: unknown key; did you mean max_retries?");
        assertThat(watched.look()).isNull();

        Files.writeString(file, TWO);
        assertTakes(watched, 2);
    }

    @Test
    void saysOnceThatItIsGone() throws IOException, ConfigException {
        Path file = Files.writeString(directory.resolve("h.toml"), ONE);
        WatchedFile watched = new WatchedFile(file.toString(), ONE);

        Files.delete(file);

        assertThat(watched.look()).isNull();
        assertThatThrownBy(watched::look).isInstanceOf(ConfigException.class).hasMessageContaining("no such file");
        assertThat(watched.look()).isNull();
        Files.writeString(file, ONE);
        assertTakes(watched, 1);
    }

    @Test
    void aBadFirstReadIsNoChangeUntilTheFileChanges() throws Exception {
        Path file = directory.resolve("h.toml");
        WatchedFile watched = new WatchedFile(file.toString());
        assertThatThrownBy(watched::read).isInstanceOf(ConfigException.class).hasMessageContaining("no such file");
        assertThat(watched.look()).isNull();
        assertThat(watched.look()).isNull();

        Files.writeString(file, ONE);
        assertTakes(watched, 1);
        assertThat(watched.read().policyBearing()).isTrue();
        assertThat(watched.look()).isNull();
    }

    private static void assertTakes(WatchedFile watched, int retries) throws ConfigException {
        assertThat(watched.look()).as("the first look at a change").isNull();
        Configuration taken = watched.look();
        assertThat(taken).isNotNull();
        assertThat(taken.policies().values())
                .allSatisfy(policy -> assertThat(policy.retry().maxRetries()).isEqualTo(retries));
    }
}
