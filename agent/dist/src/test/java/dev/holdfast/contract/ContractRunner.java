package dev.holdfast.contract;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * The main program of a forked JVM: runs test classes there and writes what became of each test to a file, since
 * standard output and error are themselves under test.
 */
final class ContractRunner {
    private ContractRunner() {}

    /**
     * The result of one test.
     *
     * @param test its class, method and arguments
     * @param problem the stack trace of its failure, or the reason why it was skipped
     */
    record Report(String test, State state, String problem) {
        enum State {
            PASSED,
            FAILED,
            SKIPPED
        }

        private String toLine() {
            return state + "\t" + encoded(test) + "\t" + encoded(problem);
        }

        private static Report fromLine(String line) {
            String[] parts = line.split("\t", -1);
            return new Report(decoded(parts[1]), State.valueOf(parts[0]), decoded(parts[2]));
        }

        private static String encoded(String s) {
            return Base64.getEncoder().encodeToString(s.getBytes(StandardCharsets.UTF_8));
        }

        private static String decoded(String s) {
            return new String(Base64.getDecoder().decode(s), StandardCharsets.UTF_8);
        }
    }

    /** Reads what {@link #main} wrote. */
    static List<Report> read(Path file) throws IOException {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.map(Report::fromLine).toList();
        }
    }

    /**
     * Runs the tests.
     *
     * @param arguments the file to write to, then names of test classes
     */
    public static void main(String[] arguments) throws IOException {
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(Stream.of(arguments)
                        .skip(1)
                        .map(DiscoverySelectors::selectClass)
                        .toList())
                // A call that hangs in a socket does not feel the interrupt of a timeout in the test's own thread.
                .configurationParameter("junit.jupiter.execution.timeout.thread.mode.default", "SEPARATE_THREAD")
                .configurationParameter(
                        "junit.jupiter.execution.timeout.default", System.getProperty("contract.timeout", "20 s"))
                .build();
        try (PrintWriter out = new PrintWriter(Files.newBufferedWriter(Path.of(arguments[0])))) {
            LauncherFactory.create().execute(request, new Listener(out));
        }
        System.exit(0); // threads of the clients under test do not keep a program alive; those of others may
    }

    private static final class Listener implements TestExecutionListener {
        private final PrintWriter out;
        private TestPlan plan;

        Listener(PrintWriter out) {
            this.out = out;
        }

        @Override
        public void testPlanExecutionStarted(TestPlan testPlan) {
            plan = testPlan;
        }

        @Override
        public void executionSkipped(TestIdentifier test, String reason) {
            write(new Report(name(test), Report.State.SKIPPED, reason));
        }

        @Override
        public void executionFinished(TestIdentifier test, TestExecutionResult result) {
            switch (result.getStatus()) {
                case SUCCESSFUL -> {
                    if (test.isTest()) {
                        write(new Report(name(test), Report.State.PASSED, ""));
                    }
                }
                case ABORTED -> write(new Report(name(test), Report.State.SKIPPED, trace(result)));
                case FAILED -> write(new Report(name(test), Report.State.FAILED, trace(result)));
            }
        }

        private void write(Report report) {
            out.println(report.toLine());
            out.flush();
        }

        private String name(TestIdentifier test) {
            StringBuilder name = new StringBuilder(test.getDisplayName());
            Optional<TestIdentifier> parent = plan.getParent(test);
            while (parent.isPresent() && parent.get().getParentId().isPresent()) {
                name.insert(0, parent.get().getDisplayName() + " > ");
                parent = plan.getParent(parent.get());
            }
            return name.toString();
        }

        private static String trace(TestExecutionResult result) {
            StringWriter trace = new StringWriter();
            result.getThrowable().ifPresent(t -> t.printStackTrace(new PrintWriter(trace)));
            return trace.toString();
        }
    }
}
