package bench;

import com.sun.net.httpserver.HttpServer;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import javax.tools.ToolProvider;

/**
 * What the agent costs at start-up, as ratios to an empty agent in the same run. After {@code mvn package}, from the root of
 * the repository:
 *
 * <pre>java agent/src/bench/java/bench/StartBenchmark.java [ROUNDS [JDK_HOME...]]</pre>
 *
 * <p>Without JDK homes: one of each version from 17 up beside the running JDK. Rounds alternate between the two agents; wall
 * times are medians, CPU times (Linux) sums. Exit status 1 if a limit is passed.
 */
public final class StartBenchmark {
    private static final double HELLO_WALL = 1.10;
    private static final int HELLO_CLASSES = 60;
    private static final double CALLS_WALL = 1.25;
    private static final double CALLS_CPU = 1.5;

    private final int rounds;
    private final Path classes;
    private final Path emptyAgent;
    private final Path agent = Path.of("agent/target/holdfast-agent.jar").toAbsolutePath();
    private final Path config = Path.of("config-examples/reference.toml").toAbsolutePath();
    private boolean passed = true;

    private StartBenchmark(int rounds, Path directory) throws IOException {
        this.rounds = rounds;
        this.classes = directory.resolve("classes");
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

    private static boolean compile(Path to, String... sources) {
        List<String> arguments = new ArrayList<>(List.of("--release", "17", "-d", to.toString()));
        for (String source : sources) {
            arguments.add("agent/src/bench/java/bench/" + source + ".java");
        }
        return ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments.toArray(new String[0])) == 0;
    }

    public static void main(String[] arguments) throws Exception {
        int rounds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 30;
        List<Path> jdks = arguments.length > 1
                ? Stream.of(arguments).skip(1).map(Path::of).toList()
                : jdks();
        Path directory = Files.createTempDirectory("holdfast-bench");
        StartBenchmark benchmark = new StartBenchmark(rounds, directory);
        HttpServer server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        server.start();
        try {
            for (Path jdk : jdks) {
                benchmark.run(jdk, "http://127.0.0.1:" + server.getAddress().getPort() + "/");
            }
        } finally {
            server.stop(0);
            try (Stream<Path> files = Files.walk(directory)) {
                files.sorted((a, b) -> b.compareTo(a)).map(Path::toFile).forEach(File::delete);
            }
        }
        System.exit(benchmark.passed ? 0 : 1);
    }

    private static List<Path> jdks() throws IOException {
        TreeMap<Integer, Path> found = new TreeMap<>();
        Path running = Path.of(System.getProperty("java.home"));
        found.put(Runtime.version().feature(), running);
        try (Stream<Path> beside = Files.list(running.getParent())) {
            for (Path home : beside.sorted().toList()) {
                Path release = home.resolve("release");
                if (Files.isRegularFile(release) && Files.isExecutable(home.resolve("bin/java"))) {
                    for (String line : Files.readAllLines(release)) {
                        if (line.startsWith("JAVA_VERSION=\"")) {
                            String version = line.substring(14, line.length() - 1);
                            int feature = version.startsWith("1.")
                                    ? 8
                                    : Runtime.Version.parse(version).feature();
                            if (feature >= 17) {
                                found.putIfAbsent(feature, home);
                            }
                        }
                    }
                }
            }
        }
        return List.copyOf(found.values());
    }

    private void run(Path jdk, String url) throws Exception {
        System.out.println(jdk.getFileName());
        Measured[] hello = compare(jdk, "bench.Hello");
        int more = classesBeforeMain(jdk, holdfast()) - classesBeforeMain(jdk, emptyAgent.toString());
        report("  hello world: wall", hello[1].wall() / hello[0].wall(), HELLO_WALL, hello[0].wall());
        report("  hello world: classes more when main starts", more, HELLO_CLASSES, Double.NaN);
        Measured[] calls = compare(jdk, "bench.OneCallEach", url);
        report("  one call with each client: wall", calls[1].wall() / calls[0].wall(), CALLS_WALL, calls[0].wall());
        if (calls[0].cpuTicks() > 0) {
            report(
                    "  one call with each client: CPU",
                    (double) calls[1].cpuTicks() / calls[0].cpuTicks(),
                    CALLS_CPU,
                    Double.NaN);
        }
    }

    private void report(String what, double value, double limit, double baseMillis) {
        boolean good = value <= limit;
        passed &= good;
        System.out.printf(
                Locale.ROOT,
                "%-48s %7.2f  (at most %.2f)%s%s%n",
                what,
                value,
                limit,
                Double.isNaN(baseMillis) ? "" : String.format(Locale.ROOT, "  of %.0f ms", baseMillis),
                good ? "" : "  PASSED THE LIMIT");
    }

    private record Measured(double wall, long cpuTicks) {}

    /** The empty agent and Holdfast, round by round in turn. */
    private Measured[] compare(Path jdk, String... program) throws Exception {
        String[] agents = {emptyAgent.toString(), holdfast()};
        double[][] walls = new double[2][rounds];
        long[] ticks = new long[2];
        for (int round = -2; round < rounds; round++) {
            for (int turn = 0; turn < 2; turn++) {
                int which = (round & 1) == 0 ? turn : 1 - turn;
                long ticksBefore = childTicks();
                long start = System.nanoTime();
                launch(jdk, agents[which], List.of(), program);
                if (round >= 0) {
                    walls[which][round] = (System.nanoTime() - start) / 1e6;
                    ticks[which] += childTicks() - ticksBefore;
                }
            }
        }
        return new Measured[] {new Measured(median(walls[0]), ticks[0]), new Measured(median(walls[1]), ticks[1])};
    }

    private String holdfast() {
        return agent + "=" + config;
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    private List<String> launch(Path jdk, String agentOption, List<String> options, String... program)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(jdk.resolve("bin/java").toString());
        command.add("-javaagent:" + agentOption);
        command.addAll(options);
        command.add("-cp");
        command.add(classes.toString());
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
            for (String line : launch(jdk, agentOption, List.of("-Xlog:class+load:stdout"), "bench.Hello")) {
                if (line.contains("] bench.Hello ")) {
                    break;
                }
                counts[i]++;
            }
        }
        return (int) median(counts);
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
