package dev.holdfast.others;

import dev.holdfast.testkit.ForkedJvm;
import dev.holdfast.testkit.ForkedJvm.Result;
import dev.holdfast.testkit.ForkedJvm.Running;
import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import net.bytebuddy.agent.ByteBuddyAgent;
import org.awaitility.Awaitility;

/** A {@link TracedProgram} that runs, told one thing after the other. */
final class Conversation implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Running program;
    private int lines;

    private Conversation(Running program) {
        this.program = program;
        awaitLine();
    }

    /** Starts it in this JVM. */
    static Conversation with(ForkedJvm jvm) {
        return new Conversation(jvm.classPath(classPath())
                .jvm("-XX:+IgnoreUnrecognizedVMOptions", "-XX:+EnableDynamicAgentLoading")
                .within(PATIENCE)
                .main(TracedProgram.class)
                .start());
    }

    /** Only what the program needs: where the tests are, the agent's classes lie about unpacked. */
    private static String classPath() {
        return String.join(
                File.pathSeparator,
                Path.of("target", "test-classes").toAbsolutePath().toString(),
                from(ByteBuddyAgent.class),
                from(io.opentelemetry.api.trace.Span.class),
                from(io.opentelemetry.context.Context.class),
                from(io.opentelemetry.common.ComponentLoader.class),
                from(okhttp3.OkHttpClient.class),
                from(okio.Buffer.class),
                from(kotlin.Unit.class),
                from(org.apache.hc.client5.http.classic.HttpClient.class),
                from(org.apache.hc.core5.http.HttpHost.class),
                from(org.apache.hc.core5.http2.HttpVersionPolicy.class),
                from(org.slf4j.Logger.class),
                from(org.apache.http.client.HttpClient.class),
                from(org.apache.http.HttpHost.class),
                from(org.apache.commons.logging.Log.class),
                from(org.apache.commons.codec.binary.Base64.class));
    }

    private static String from(Class<?> type) {
        return type.getProtectionDomain().getCodeSource().getLocation().getPath();
    }

    /** Tells it something and waits for its answer. */
    String tell(String command) {
        program.tell(command);
        return awaitLine();
    }

    /** Its next line. */
    String awaitLine() {
        int wanted = ++lines;
        Awaitility.await("an answer; so far " + program.out() + program.err())
                .atMost(PATIENCE)
                .until(() -> program.out().lines().count() >= wanted
                        || !ProcessHandle.of(program.pid())
                                .map(ProcessHandle::isAlive)
                                .orElse(false));
        List<String> said = program.out().lines().toList();
        if (said.size() < wanted) {
            throw new AssertionError("it has ended\n--- out\n" + program.out() + "\n--- err\n" + program.err());
        }
        return said.get(wanted - 1);
    }

    /** Waits until ours has said that it is active; here and not at the first call that is not served. */
    void awaitOurs() {
        Awaitility.await("that ours is active")
                .atMost(PATIENCE)
                .until(() -> program.err().contains("is active: "));
    }

    /** Lets it end. */
    Result end() {
        return program.end().succeeded();
    }

    @Override
    public void close() {
        program.close();
    }
}
