package demo;

import java.io.IOException;
import java.io.PrintStream;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;

/**
 * Runs the shop program twice, without the agent and with it, each time against a fresh flaky service in a JVM of its
 * own, and prints side by side what the program and what the service saw. It ends with status 1 if that is not what the
 * README promises.
 */
public final class Demo {
    private Demo() {}

    /**
     * Runs the demo.
     *
     * @param args a configuration file to use instead of {@code config-examples/quickstart.toml}; with one, the result
     *     is shown but not judged
     * @throws Exception if one of the programs cannot be started
     */
    public static void main(String[] args) throws Exception {
        Path root = repository();
        Path config = args.length > 0 ? Path.of(args[0]) : root.resolve("config-examples/quickstart.toml");
        boolean kept = run(root, javaOf(Path.of(System.getProperty("java.home"))), config, System.out);
        if (!kept && args.length == 0) {
            System.exit(1);
        }
    }

    /**
     * Runs both programs and prints the comparison.
     *
     * @param root the repository, built
     * @param java the {@code java} command to run them with
     * @param config the agent's configuration file
     * @param out where the comparison goes
     * @return whether the demo showed what it promises
     * @throws Exception if one of the programs cannot be started
     */
    static boolean run(Path root, Path java, Path config, PrintStream out) throws Exception {
        Path program = root.resolve("testapp/target/testapp.jar");
        Path agent = root.resolve("agent/target/holdfast-agent.jar");
        ShopRun without = ShopRun.of(java, program, List.of());
        ShopRun with = ShopRun.of(java, program, List.of("-javaagent:" + agent + "=" + config));

        Comparison comparison = new Comparison(without, with);
        comparison.print(out);
        List<String> broken = comparison.brokenPromises();
        broken.forEach(promise -> out.println("NOT AS PROMISED: " + promise));
        return broken.isEmpty();
    }

    /** The {@code java} command of a JDK. */
    static Path javaOf(Path jdk) {
        boolean windows = System.getProperty("os.name").startsWith("Windows");
        return jdk.resolve("bin").resolve(windows ? "java.exe" : "java");
    }

    /** The repository in which this class was built: it lies in {@code testapp/target/}, in a jar or a directory. */
    static Path repository() throws IOException, URISyntaxException {
        Path self = Path.of(
                Demo.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        return self.toRealPath().resolve("../../..").normalize();
    }
}
