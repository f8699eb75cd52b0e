package demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One run of the shop program against a flaky service of its own.
 *
 * @param calls what the program reported, in its order
 * @param requests what the service noted, in the order of arrival
 * @param rest what else came out of the program's JVM: the agent's lines, if there are any
 * @param took from the start of the program's JVM to its end
 */
record ShopRun(List<Call> calls, List<Request> requests, List<String> rest, Duration took) {
    /** The JDK that runs the demo runs the programs. */
    private static final String JAVA =
            Path.of(System.getProperty("java.home"), "bin", "java").toString();

    private static final long LIMIT_SECONDS = 120;

    /**
     * The program that is run.
     *
     * @param directory where it is run
     * @param jar its jar, seen from there
     */
    record Program(Path directory, String jar) {}

    /**
     * A line of the program's report.
     *
     * @param number the call's number, the last segment of its path
     * @param client the class that it was made with
     * @param title how it was made
     * @param script how the service was to behave
     * @param seen what the program saw: a status, or an exception's name
     */
    record Call(int number, String client, String title, String script, String seen) {
        static Call parse(String line) {
            String[] columns = line.split("\t", -1);
            return new Call(Integer.parseInt(columns[0]), columns[1], columns[2], columns[3], columns[4]);
        }

        boolean succeeded() {
            return seen.equals("200");
        }
    }

    /**
     * A line of the service's log.
     *
     * @param number the number of the call that it belongs to
     * @param method the request's method
     * @param key the {@code Idempotency-Key}, {@code -} if there was none
     * @param body size and checksum of the body
     * @param action what the service did with the request
     */
    record Request(int number, String method, String key, String body, String action) {
        static Request parse(String line) {
            String[] words = line.split(" ", -1);
            int number = Integer.parseInt(words[1].substring(words[1].lastIndexOf('/') + 1));
            return new Request(number, words[0], words[2], words[3] + " " + words[4], words[6]);
        }
    }

    /** Starts service and program, waits for the program's end, then stops the service. */
    static ShopRun of(Program program, List<String> jvmOptions) throws IOException, InterruptedException {
        Process service = new ProcessBuilder(JAVA, "-cp", program.jar(), "com.example.shop.FlakyService")
                .directory(program.directory().toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader log = service.inputReader(StandardCharsets.UTF_8)) {
            String address = log.readLine().substring("listening on ".length());
            ShopRun run = runProgram(program, jvmOptions, address);
            service.getOutputStream().close(); // the end of its input is the service's sign to stop
            return new ShopRun(run.calls, log.lines().map(Request::parse).toList(), run.rest, run.took);
        } finally {
            service.destroy();
        }
    }

    private static ShopRun runProgram(Program program, List<String> jvmOptions, String address)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(JAVA));
        command.addAll(jvmOptions);
        command.addAll(List.of("-jar", program.jar(), address));
        Path errors = Files.createTempFile("shop", ".err");
        try {
            long start = System.nanoTime();
            Process shop = new ProcessBuilder(command)
                    .directory(program.directory().toFile())
                    .redirectError(errors.toFile())
                    .start();
            List<String> output = lines(shop.getInputStream()).toList();
            if (!shop.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                shop.destroyForcibly();
                throw new IOException("The program did not end within " + LIMIT_SECONDS + " s: " + command);
            }
            Duration took = Duration.ofNanos(System.nanoTime() - start);
            List<Call> calls =
                    output.stream().filter(ShopRun::isReport).map(Call::parse).toList();
            List<String> rest = new ArrayList<>(output);
            rest.removeIf(ShopRun::isReport);
            rest.addAll(Files.readAllLines(errors));
            return new ShopRun(calls, List.of(), rest, took);
        } finally {
            Files.delete(errors);
        }
    }

    /** The requests that belong to a call, in the order of arrival. */
    List<Request> requestsOf(Call call) {
        return requests.stream().filter(r -> r.number() == call.number()).toList();
    }

    /** Returns what the service did to the requests of a call, in words; {@code nothing} if it got none. */
    String actionsOn(Call call) {
        String actions = requestsOf(call).stream().map(Request::action).collect(Collectors.joining(" "));
        return actions.isEmpty() ? "nothing" : actions;
    }

    /** Returns how many calls ended as the program hoped. */
    long successes() {
        return calls.stream().filter(Call::succeeded).count();
    }

    private static boolean isReport(String line) {
        return line.indexOf('\t') > 0;
    }

    private static Stream<String> lines(InputStream in) {
        return new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8)).lines();
    }
}
