package bench;

import com.sun.net.httpserver.HttpServer;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import javax.tools.ToolProvider;

/**
 * Measures the agent's cost at start-up, as ratios to an empty agent. Rounds alternate between the two agents; wall
 * times are judged by the median of the ratios within a round, CPU times (Linux) by their sums.
 */
final class StartBenchmark {
    private static final double HELLO_WALL = 1.10;
    private static final int HELLO_CLASSES = 60;
    private static final double CALLS_WALL = 1.25;
    private static final double CALLS_CPU = 1.5;
    private static final double LIBRARY_WALL = 1.15;
    private static final double LIBRARY_CPU = 1.3;

    private final int rounds;
    private final Path classes;
    private final Path emptyAgent;
    private final Path agent = Path.of("agent/target/holdfast-agent.jar").toAbsolutePath();
    private final Path retries;
    private final Path config = Path.of("config-examples/reference.toml").toAbsolutePath();
    private final Report report;

    private StartBenchmark(int rounds, Path directory, Report report) throws IOException {
        this.rounds = rounds;
        this.report = report;
        this.classes = directory.resolve("classes");
        this.retries = Files.writeString(directory.resolve("retries.toml"), "[retry]\n");
        this.emptyAgent = directory.resolve("empty-agent.jar");
        // Apart from the programs: found on their class path, the empty agent would not be read from its jar.
        Path agentClasses = directory.resolve("agent-classes");
        if (!compile(agentClasses, "EmptyAgent")
                || !compile(classes, "Hello", "OneCallEach")
                || !Files.isRegularFile(agent)
                || !Files.isRegularFile(config)) {
            throw new IOException("run this from the root of the repository, after mvn package");
        }
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().putValue("Premain-Class", "bench.EmptyAgent");
        manifest.getMainAttributes().putValue("Can-Retransform-Classes", "true");
        manifest.getMainAttributes().putValue("Can-Redefine-Classes", "true");
        try (JarOutputStream jar = new JarOutputStream(Files.newOutputStream(emptyAgent), manifest)) {
            jar.putNextEntry(new JarEntry("bench/EmptyAgent.class"));
            jar.write(Files.readAllBytes(agentClasses.resolve("bench/EmptyAgent.class")));
        }
    }

    private static boolean compile(Path to, String... provenance) {
        List<String> arguments = new ArrayList<>(List.of("--release", "17", "-d", to.toString()));
        for (String source : provenance) {
            arguments.add("agent/bench/src/main/java/bench/" + source + ".java");
        }
        return ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments.toArray(new String[0])) == 0;
    }

    static void run(Path jdk, int rounds, Report report) throws Exception {
        Path directory = Files.createTempDirectory("holdfast-bench");
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        server.start();
        try {
            new StartBenchmark(rounds, directory, report)
                    .run(jdk, "http://127.0.0.1:" + server.getAddress().getPort() + "/");
        } finally {
            server.stop(0);
            try (Stream<Path> files = Files.walk(directory)) {
                files.sorted((a, b) -> b.compareTo(a)).map(Path::toFile).forEach(File::delete);
            }
        }
    }

    private void run(Path jdk, String url) throws Exception {
        Measured[] hello = compare(jdk, classes.toString(), holdfast(), "bench.Hello");
        int more = classesBeforeMain(jdk, holdfast()) - classesBeforeMain(jdk, emptyAgent.toString());
        report.atMost("hello world: wall, ratio", hello[1].ratio(), HELLO_WALL, millis(hello));
        report.atMost("hello world: classes more when main starts", more, HELLO_CLASSES, "");
        Measured[] calls = compare(jdk, classes.toString(), holdfast(), "bench.OneCallEach", url);
        report.atMost("one call with each client: wall, ratio", calls[1].ratio(), CALLS_WALL, millis(calls));
        if (calls[0].cpuTicks() > 0) {
            report.atMost(
                    "one call with each client: CPU, ratio",
                    (double) calls[1].cpuTicks() / calls[0].cpuTicks(),
                    CALLS_CPU,
                    "");
        }
        for (String client : FirstLibraryCall.NAMES) {
            firstCall(jdk, url, client);
        }
    }

    /** The first call of a program that has one client of a library, and [retry] in its configuration. */
    private void firstCall(Path jdk, String url, String client) throws Exception {
        Measured[] calls =
                compare(jdk, ClassPaths.withoutAgent(), agent + "=" + retries, "bench.FirstLibraryCall", client, url);
        report.atMost("first call, " + client + ": wall, ratio", calls[1].ratio(), LIBRARY_WALL, millis(calls));
        if (calls[0].cpuTicks() > 0) {
            report.atMost(
                    "first call, " + client + ": CPU, ratio",
                    (double) calls[1].cpuTicks() / calls[0].cpuTicks(),
                    LIBRARY_CPU,
                    "");
        }
    }

    private static String millis(Measured[] both) {
        return String.format(Locale.ROOT, "(%.0f and %.0f ms)", both[0].wall(), both[1].wall());
    }

    /**
     * The time of one of the two agents.
     *
     * @param wall the median
     * @param ratio the median, over the rounds, of its time to that of the empty agent in the same round
     * @param cpuTicks the sum
     */
    private record Measured(double wall, double ratio, long cpuTicks) {}

    /** The empty agent and Holdfast, round by round in turn. */
    private Measured[] compare(Path jdk, String classPath, String holdfast, String... program) throws Exception {
        String[] agents = {emptyAgent.toString(), holdfast};
        double[][] walls = new double[2][rounds];
        long[] ticks = new long[2];
        for (int round = -2; round < rounds; round++) {
            for (int turn = 0; turn < 2; turn++) {
                int which = (round & 1) == 0 ? turn : 1 - turn;
                long ticksBefore = childTicks();
                long start = System.nanoTime();
                launch(jdk, agents[which], classPath, List.of(), program);
                if (round >= 0) {
                    walls[which][round] = (System.nanoTime() - start) / 1e6;
                    ticks[which] += childTicks() - ticksBefore;
                }
            }
        }
        double[] ratios = new double[rounds];
        for (int round = 0; round < rounds; round++) {
            ratios[round] = walls[1][round] / walls[0][round];
        }
        return new Measured[] {
            new Measured(Report.median(walls[0]), 1, ticks[0]),
            new Measured(Report.median(walls[1]), Report.median(ratios), ticks[1])
        };
    }

    private String holdfast() {
        return agent + "=" + config;
    }

    private List<String> launch(Path jdk, String agentOption, String classPath, List<String> options, String... program)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(jdk.resolve("bin/java").toString());
        command.add("-javaagent:" + agentOption);
        command.addAll(options);
        command.add("-cp");
        command.add(classPath);
        command.addAll(List.of(program));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        List<String> output;
        try (Stream<String> lines = process.inputReader().lines()) {
            output = lines.toList();
        }
        if (process.waitFor() != 0) {
            throw new IOException("exit " + process.exitValue() + ": " + command);
        }
        return output;
    }

    /** The median of a few runs: what the daemon thread loads meanwhile counts, too. */
    private int classesBeforeMain(Path jdk, String agentOption) throws Exception {
        double[] counts = new double[5];
        for (int i = 0; i < counts.length; i++) {
            for (String line :
                    launch(jdk, agentOption, classes.toString(), List.of("-Xlog:class+load:stdout"), "bench.Hello")) {
                if (line.contains("] bench.Hello ")) {
                    break;
                }
                counts[i]++;
            }
        }
        return (int) Report.median(counts);
    }

    /** User and system time of ended children, in ticks of the kernel; 0 where there is no such thing. */
    private static long childTicks() throws IOException {
        Path stat = Path.of("/proc/self/stat");
        if (!Files.isReadable(stat)) {
            return 0;
        }
        String text = Files.readString(stat);
        String[] fields = text.substring(text.lastIndexOf(')') + 2).split(" ");
        return Long.parseLong(fields[13]) + Long.parseLong(fields[14]);
    }
}
