package dev.holdfast.fleet;

import dev.holdfast.testkit.ForkedJvm;
import dev.holdfast.testkit.Jdks;
import dev.holdfast.testkit.ScriptedResponse;
import dev.holdfast.testkit.ScriptedServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Several instances of a program, each a JVM of its own, that call one origin and may have a store in common. */
abstract class Instances {
    static final String KEY = "a-key-of-this-test-with-more-than-32-characters";
    static final Duration PATIENCE = Duration.ofSeconds(40);

    @TempDir
    Path directory;

    final List<ForkedJvm.Running> programs = new ArrayList<>();
    ScriptedServer origin;

    @BeforeEach
    void startOrigin() {
        origin = ScriptedServer.http();
        origin.otherwise(request -> ScriptedResponse.respond(200, "secret body of " + request.target()));
    }

    @AfterEach
    void stopAll() {
        programs.forEach(ForkedJvm.Running::close);
        origin.close();
    }

    /** Starts an instance. */
    ForkedJvm.Running program(String url, String key, String text, String... options) throws IOException {
        Path file = Files.writeString(directory.resolve("holdfast" + programs.size() + ".toml"), text);
        ForkedJvm.Running program = new ForkedJvm(Jdks.all().get(0))
                .environment("REDIS_URL", url)
                .environment("REDIS_PASSWORD", RedisServer.PASSWORD)
                .environment("HOLDFAST_STORE_KEY", key)
                .jvm(options)
                .agent(file.toString())
                .within(PATIENCE)
                .main(FleetProgram.class, origin.uri("/").toString())
                .start();
        programs.add(program);
        return program;
    }

    /** Tells a program a line and returns what it says. */
    static String ask(ForkedJvm.Running program, String line) {
        long before = program.out().lines().count();
        program.tell(line);
        Awaitility.await().atMost(PATIENCE).until(() -> program.out().lines().count() > before);
        String said = program.out().lines().skip(before).findFirst().orElse("");
        return said.substring(said.indexOf("-> ") + 3);
    }

    static void awaitStatus(ForkedJvm.Running program, String text) {
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> ask(program, "STATUS store").contains(text));
    }

    /** All of them call for some milliseconds at the same time. */
    static void load(List<ForkedJvm.Running> programs, long millis) {
        List<Long> said =
                programs.stream().map(program -> program.out().lines().count()).toList();
        programs.forEach(program -> program.tell("LOAD /a " + millis));
        for (int i = 0; i < programs.size(); i++) {
            ForkedJvm.Running program = programs.get(i);
            long before = said.get(i);
            Awaitility.await()
                    .atMost(PATIENCE)
                    .until(() -> program.out().lines().count() > before);
        }
    }

    static long number(String json, String name) {
        String from = json.substring(json.indexOf('"' + name + "\":") + name.length() + 3);
        return Long.parseLong(from.substring(0, from.indexOf(',')));
    }
}
