package dev.holdfast.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.ForkedJvm;
import dev.holdfast.testkit.ForkedJvm.Result;
import dev.holdfast.testkit.Jdks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The packaged agent while its file changes, and under routes, on every JDK. */
class ReloadIT {
    @TempDir
    Path directory;

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void a_changed_file_is_in_force_for_both_clients_and_a_bad_one_never(Jdks.Jdk jdk) throws IOException {
        Path file = Files.writeString(directory.resolve("holdfast.toml"), """
                [clients]
                HttpURLConnection = false
                [retry]
                max_retries = 0
                """);
        Path next = Files.writeString(directory.resolve("later.toml"), """
                [retry]
                max_retries = 2
                initial_delay = "1ms"
                max_delay = "1ms"
                budget.min_per_second = 100
                [[hosts."127.0.0.1".routes]]
                path = "/off/**"
                mode = "off"
                [[hosts."127.0.0.1".routes]]
                path = "/once"
                methods = ["GET"]
                [hosts."127.0.0.1".routes.retry]
                max_retries = 1
                """);
        Path oneClient = Files.writeString(directory.resolve("clients.toml"), """
                [retry]
                max_retries = 2
                initial_delay = "1ms"
                budget.min_per_second = 100
                [clients]
                "java.net.http" = false
                """);

        Result result = new ForkedJvm(jdk)
                .agent(file.toString())
                .main(ReloadedProgram.class, file.toString(), next.toString(), oneClient.toString())
                .run()
                .succeeded();

        assertThat(result.lines())
                .containsExactly(
                        "before 1 1",
                        "bad 1 1",
                        "after 3 3",
                        "route 2 2",
                        "other method 3 3",
                        "off 1 1",
                        "one client off 1 3",
                        "both on 3 3");
        assertThat(result.err()).containsOnlyOnce("cannot be used").contains(":2:1: retry.max_retry: unknown key");
        assertThat(result.err())
                .contains("[holdfast] reloaded: 4 policies from " + file)
                .containsPattern("is active: 1 policy from .*; clients off: HttpURLConnection; ")
                .containsPattern("reloaded: 1 policy from .*; clients off: java.net.http\n");
    }
}
