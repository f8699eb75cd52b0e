package dev.holdfast.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessIdentityTest {
    @TempDir
    Path directory;

    @Test
    void the_host_is_what_the_environment_says_then_the_kernel_then_windows() {
        assertThat(ProcessIdentity.host("from-shell", "from-kernel\n", "FROM-WINDOWS"))
                .isEqualTo("from-shell");
        assertThat(ProcessIdentity.host("", "from-kernel\n", "FROM-WINDOWS")).isEqualTo("from-kernel");
        assertThat(ProcessIdentity.host("", "", "FROM-WINDOWS")).isEqualTo("FROM-WINDOWS");
        assertThat(ProcessIdentity.host("", "", "")).isEqualTo("unknown");
    }

    @Test
    void a_host_is_one_word_that_can_be_shown_anywhere() {
        for (String bad : new String[] {"", " ", "a b", "a\nb", "\u001b[31m", "a\"b", "x".repeat(256)}) {
            assertThat(ProcessIdentity.host(bad, "web-7.example", "")).isEqualTo("web-7.example");
        }
    }

    @Test
    void linux_tells_the_process_and_its_start_whatever_the_command_is_called() throws IOException {
        proc("4711 (a) R 1 (x) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 6000 20 21\n", "100.00 350.12\n");

        assertThat(LinuxProcess.read(directory.toFile(), 1_700_000_000_000L))
                .isEqualTo(new LinuxProcess(4711, 1_700_000_000_000L - 100_000 + 60_000));
    }

    @Test
    void what_makes_no_sense_is_not_believed() throws IOException {
        String stat = "4711 (java) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 6000 20 21\n";

        assertThat(LinuxProcess.read(directory.toFile(), 1_700_000_000_000L)).isNull();
        for (String[] files : new String[][] {
            {stat, "5.00 1.00\n"}, // began in the future: the uptime is the container's
            {stat, "long ago\n"},
            {"4711 (java) S 1 2\n", "100.00 1.00\n"},
            {"4711\n", "100.00 1.00\n"},
            {"", ""}
        }) {
            proc(files[0], files[1]);
            assertThat(LinuxProcess.read(directory.toFile(), 1_700_000_000_000L))
                    .as(files[0])
                    .isNull();
        }
    }

    private void proc(String stat, String uptime) throws IOException {
        Files.createDirectories(directory.resolve("self"));
        Files.writeString(directory.resolve("self/stat"), stat);
        Files.writeString(directory.resolve("uptime"), uptime);
    }

    @Test
    void the_program_is_the_main_class_or_the_jar_and_never_an_argument() {
        assertThat(program("com.example.Shop --password=hunter2", "lib/a.jar")).isEqualTo("com.example.Shop");
        assertThat(program("com.example.Shop", "lib/a.jar")).isEqualTo("com.example.Shop");
        assertThat(program("shop/com.example.Shop hunter2", "")).isEqualTo("shop/com.example.Shop");
        assertThat(program("/opt/shop/shop.jar --password=hunter2", "/opt/shop/shop.jar"))
                .isEqualTo("shop.jar");
        assertThat(program("/opt/my shop/shop.jar hunter2", "/opt/my shop/shop.jar"))
                .isEqualTo("shop.jar");
        assertThat(program("C:\\shop\\shop.war hunter2", "changed")).isEqualTo("shop.war");
        assertThat(program("/opt/my shop/shop.jar hunter2", "changed")).isEqualTo("/opt/my");
        assertThat(program("jdk.compiler/com.sun.tools.javac.launcher.Main src/Shop.java hunter2", ""))
                .isEqualTo("Shop.java");
        assertThat(program("", "")).isEqualTo("unknown");
        assertThat(program("a\u001b[31m", "")).isEqualTo("a?[31m");
        assertThat(program("x".repeat(500), "")).hasSize(200);
    }

    @Test
    void this_process_is_known() {
        ProcessIdentity identity = ProcessIdentity.current();

        assertThat(identity.pid()).isEqualTo(ProcessHandle.current().pid());
        assertThat(identity.host()).doesNotContainAnyWhitespaces().isNotEmpty();
        assertThat(identity.startedEpochMillis()).isPositive().isLessThanOrEqualTo(System.currentTimeMillis());
        assertThat(ProcessIdentity.current()).isSameAs(identity);
    }

    @Test
    void people_read_it_in_one_line() {
        assertThat(ObservedCalls.IDENTITY)
                .hasToString("com.example.Shop, PID 4711 on web-7, started 2023-11-14T22:13:18Z");
    }

    private static String program(String command, String classPath) {
        return ProcessIdentity.program(command, classPath);
    }
}
