package dev.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process is attached to only if it is known to survive the signal that attaching begins with. */
class ProcessInfoTest {
    private static final String HANDLES_SIGQUIT = "SigCgt:\t2000000181005ccf";
    private static final String HANDLES_OTHERS = "SigCgt:\t2000000181005ccb";

    private static final Instant STARTED = Instant.parse("2026-01-01T00:00:00Z");

    @TempDir
    Path temporary;

    @Test
    void a_process_that_handles_the_signal_survives() throws IOException {
        assertThat(survives("Name:\tjava", "NSpid:\t4711", HANDLES_SIGQUIT)).contains(true);
        assertThat(survives("SigCgt:\tfffffffe7ffbfeff")).contains(true);
    }

    @Test
    void a_process_that_handles_other_signals_only_does_not() throws IOException {
        assertThat(survives("Name:\tjava", "NSpid:\t4711", HANDLES_OTHERS)).contains(false);
    }

    @Test
    void a_process_that_listens_already_is_sent_no_signal() throws IOException {
        Files.createFile(temporary.resolve(".java_pid7"));

        assertThat(survives("NSpid:\t4711\t7", HANDLES_OTHERS)).contains(true);
        assertThat(survives("NSpid:\t7\t4711", HANDLES_OTHERS)).contains(false);
    }

    @Test
    void the_socket_of_an_earlier_process_with_the_same_number_says_nothing() throws IOException {
        Path socket = Files.createFile(temporary.resolve(".java_pid7"));
        Files.setLastModifiedTime(socket, FileTime.from(STARTED.minusSeconds(60)));

        assertThat(survives("NSpid:\t7", HANDLES_OTHERS)).contains(false);
    }

    @Test
    void nothing_is_known_where_the_platform_does_not_tell() throws IOException {
        assertThat(survives("Name:\tjava")).isEmpty();
    }

    private Optional<Boolean> survives(String... status) throws IOException {
        return ProcessInfo.survivesAttach(List.of(status), temporary, STARTED);
    }
}
