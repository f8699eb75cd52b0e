package dev.holdfast.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A configuration that others may write is warned of, as they decide where requests go. */
class FilePermissionCheckTest {
    private static final String ADVICE = ": who writes it decides where requests go; take that right away (chmod go-w)";

    @TempDir
    Path temporary;

    private Path directory;
    private Path file;

    @BeforeEach
    void write() throws IOException {
        assumeTrue(FileSystems.getDefault().supportedFileAttributeViews().contains("unix"));
        directory = Files.createDirectory(temporary.toRealPath().resolve("conf"));
        file = Files.writeString(directory.resolve("holdfast.toml"), "[retry]\nmax_retries = 1\n");
        permit(directory, "rwxr-xr-x");
        permit(file, "rw-r--r--");
    }

    @Test
    void whatOnlyItsOwnerMayWriteIsNotWarnedOf() throws Exception {
        assertThat(warnings(file)).isEmpty();
        permit(file, "r-xr-xr-x");
        assertThat(warnings(file)).isEmpty();
    }

    @Test
    void theFile() throws Exception {
        permit(file, "rw-rw-r--");
        assertThat(warnings(file)).containsExactly(file + ": its group may write this file" + ADVICE);
        permit(file, "rw-r--rw-");
        assertThat(warnings(file)).containsExactly(file + ": every user may write this file" + ADVICE);
    }

    @Test
    void theDirectory() throws Exception {
        permit(directory, "rwxrwxr-x");
        assertThat(warnings(file))
                .containsExactly(file + ": its group may write the directory " + directory
                        + ", and so replace this file" + ADVICE);
        permit(directory, "rwxrwxrwx");
        assertThat(warnings(file))
                .containsExactly(file + ": every user may write the directory " + directory
                        + ", and so replace this file" + ADVICE);
    }

    @Test
    void notADirectoryLikeTmpWhereNobodyReplacesWhatIsAnothers() throws Exception {
        Files.setAttribute(directory, "unix:mode", 01777);
        assertThat(warnings(file)).isEmpty();
    }

    @Test
    void aDirectoryAbove() throws Exception {
        Path below = Files.createDirectories(directory.resolve("one/two"));
        Path deep = Files.move(file, below.resolve("holdfast.toml"));
        permit(directory, "rwxrwxr-x");
        assertThat(warnings(deep)).isEmpty();
        permit(directory, "rwxrwxrwx");
        assertThat(warnings(deep))
                .containsExactly(deep + ": every user may write the directory " + directory
                        + ", and so replace this file" + ADVICE);
    }

    @Test
    void bothEndsOfALink() throws Exception {
        Path links = Files.createDirectory(temporary.toRealPath().resolve("links"));
        Path link = Files.createSymbolicLink(links.resolve("linked.toml"), file);
        permit(links, "rwxrwxr-x");
        permit(directory, "rwxr-xrwx");
        permit(file, "rw-rw-rw-");
        assertThat(warnings(link))
                .containsExactly(
                        link + ": every user may write this file" + ADVICE,
                        link + ": its group may write the directory " + links + ", and so replace this file" + ADVICE,
                        link + ": every user may write the directory " + directory + ", and so replace this file"
                                + ADVICE);
    }

    @Test
    void aReloadWarnsToo() throws Exception {
        WatchedFile watched = new WatchedFile(file.toString(), Files.readString(file));
        Files.writeString(file, "[retry]\nmax_retries = 2\n");
        permit(file, "rw-rw-rw-");
        assertThat(watched.look(1)).isNull();
        Configuration configuration = watched.look(2);
        assertThat(configuration).isNotNull();
        assertThat(configuration.warnings()).hasSize(1);
    }

    @Test
    void whatCannotBeAskedForIsNotWarnedOf() {
        assertThat(FilePermissionCheck.warnings(file.resolveSibling("none").toString()))
                .isEmpty();
        assertThat(FilePermissionCheck.warnings("a\u0000b")).isEmpty();
    }

    private static List<String> warnings(Path path) throws ConfigException {
        return ConfigLoader.load(path.toString()).warnings().stream()
                .map(Problem::toString)
                .toList();
    }

    private static void permit(Path path, String permissions) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
    }
}
