package dev.holdfast.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.testkit.ForkedJvm;
import dev.holdfast.testkit.ForkedJvm.Running;
import dev.holdfast.testkit.Jdks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests which of many JVMs speaks, and under which content of its file, wherever an operator looks. */
class IdentityIT {
    private static final String FILE = "[retry]\n[admin]\nlisten = \"127.0.0.1:0\"\n";
    private static final String PROGRAM = QuietProgram.class.getName();

    @TempDir
    Path directory;

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void every_view_names_the_jvm_and_no_argument(Jdks.Jdk jdk) throws Exception {
        Path file = Files.writeString(directory.resolve("holdfast.toml"), FILE);
        try (Running jvm = new ForkedJvm(jdk)
                .agent(file.toString())
                .environment("HOSTNAME", "web-7")
                .classPath(Path.of("target", "test-classes").toAbsolutePath().toString())
                .main(QuietProgram.class, "--password=hunter2")
                .start()) {
            int port = EndpointClient.port(jvm);
            String sha = sha(file);

            assertThat(jvm.err())
                    .containsPattern("(?m)^\\[holdfast] \\S+ is active: 1 policy from \\S+ \\(sha256 " + sha + "\\); "
                            + PROGRAM + ", PID " + jvm.pid() + " on web-7, started 20[-0-9]{8}T[:0-9]{8}Z$");
            String status = EndpointClient.get(port, "/status").body();
            assertThat(status)
                    .contains("\"process\":{\"host\":\"web-7\",\"pid\":" + jvm.pid() + ",\"program\":\"" + PROGRAM
                            + "\",\"started\":\"20")
                    .contains("\"sha256\":\"" + sha + '"');
            String metrics = EndpointClient.get(port, "/metrics").body();
            assertThat(metrics)
                    .containsPattern("(?m)^holdfast_build_info\\{configuration=\"[^\"]+\",configuration_sha256=\"" + sha
                            + "\",host=\"web-7\",pid=\"" + jvm.pid() + "\",program=\"" + PROGRAM
                            + "\",started=\"20[^\"]+Z\",version=\"[^\"]+\"} 1$");

            Path next = Files.writeString(directory.resolve("next.toml"), FILE + "# changed\n");
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
            await().atMost(Duration.ofSeconds(40)).until(() -> jvm.err().contains("reloaded: "));
            String changed = sha(file);
            assertThat(changed).isNotEqualTo(sha);
            assertThat(jvm.err()).containsPattern("reloaded: 1 policy from \\S+ \\(sha256 " + changed + "\\)");
            assertThat(EndpointClient.get(port, "/status").body()).contains("\"sha256\":\"" + changed + '"');
            assertThat(jvm.err() + status + metrics).doesNotContain("hunter2");
        }
    }

    /** The JVM's security providers and resolvers are the program's to configure, and threads cost. */
    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void to_know_the_jvm_asks_no_name_server_and_starts_nothing_of_the_jdk(Jdks.Jdk jdk) throws IOException {
        Path file = Files.writeString(directory.resolve("holdfast.toml"), "[retry]\n");
        Path loaded = directory.resolve("loaded.txt");
        try (Running jvm = new ForkedJvm(jdk)
                .agent(file.toString())
                .jvm("-Xlog:class+load:file=" + loaded)
                .classPath(Path.of("target", "test-classes").toAbsolutePath().toString())
                .main(QuietProgram.class)
                .start()) {
            await().atMost(Duration.ofSeconds(40)).until(() -> jvm.err().contains("is active"));
            jvm.end().succeeded();
        }

        String classes = Files.readString(loaded);
        assertThat(classes).contains(" dev.holdfast.observe.ProcessIdentity ");
        for (String untouched : new String[] {
            "java.security.Security", "java.security.MessageDigest", "java.net.InetAddress", "java.lang.ProcessHandle"
        }) {
            assertThat(classes.contains(" " + untouched + " ")).as(untouched).isFalse();
        }
    }

    private static String sha(Path file) throws Exception {
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
        return HexFormat.of().formatHex(digest).substring(0, 12);
    }
}
