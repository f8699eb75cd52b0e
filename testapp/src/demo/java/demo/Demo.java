package demo;

import java.io.IOException;
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
        String config =
                args.length > 0 ? Path.of(args[0]).toAbsolutePath().toString() : "config-examples/quickstart.toml";
        ShopRun.Program program = new ShopRun.Program(repository(), "testapp/target/testapp.jar");
        ShopRun without = ShopRun.of(program, List.of());
        ShopRun with = ShopRun.of(program, List.of("-javaagent:agent/target/holdfast-agent.jar=" + config));

        Comparison comparison = new Comparison(without, with);
        comparison.print(System.out);
        if (args.length == 0) {
            List<String> broken = comparison.brokenPromises();
            broken.forEach(promise -> System.out.println("NOT AS PROMISED: " + promise));
            if (!broken.isEmpty()) {
                System.exit(1);
            }
            System.out.println(
                    "The others are 404s, and POSTs without an Idempotency-Key: those are never sent again.");
        }
    }

    /** The repository in which this class was built: it lies in {@code testapp/target/}, in a jar or a directory. */
    static Path repository() throws IOException, URISyntaxException {
        Path self = Path.of(
                Demo.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        return self.toRealPath().resolve("../../..").normalize();
    }
}
