package bench;

import dev.holdfast.call.Engine;
import dev.holdfast.call.Observer;
import dev.holdfast.call.PolicyTargets;
import dev.holdfast.call.Timer;
import dev.holdfast.config.ConfigLoader;
import dev.holdfast.config.Configuration;
import dev.holdfast.policy.PolicyTable;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.lang.ref.Reference;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Prints how many milliseconds it takes from a file to policies that are ready for calls, in a JVM that has done
 * nothing else yet, and how many bytes they keep; the file, with 10,000 host patterns, is its argument.
 */
public final class PatternsProgram {
    static final int PATTERNS = 10_000;

    private PatternsProgram() {}

    /** One exact host, one with a port and one suffix in turn, each with a value of its own. */
    static String file() {
        StringBuilder text = new StringBuilder("[retry]\nmax_retries = 2\n");
        for (int i = 0; i < PATTERNS; i++) {
            text.append("[hosts.\"")
                    .append(pattern(i))
                    .append("\".retry]\ninitial_delay = \"")
                    .append(i)
                    .append("ms\"\n");
        }
        return text.toString();
    }

    private static String pattern(int i) {
        return switch (i % 3) {
            case 0 -> "service" + i + ".eu.example.com";
            case 1 -> "service" + i + ".eu.example.com:8443";
            default -> "*.team" + i + ".example.com";
        };
    }

    /** A host that the pattern of this number matches. */
    static String host(int i) {
        return i % 3 == 2 ? "api.v1.team" + i + ".example.com" : "service" + i + ".eu.example.com";
    }

    /** One with a star in a label, one at any depth, a network and an exact address in turn, with the other kinds. */
    static String starred() {
        StringBuilder text = new StringBuilder("[hosts.\"*\".retry]\nmax_retries = 2\n[hosts.\"<single-label>\"]\n");
        for (int i = 0; i < PATTERNS; i++) {
            text.append("[hosts.\"")
                    .append(starred(i))
                    .append("\".retry]\ninitial_delay = \"")
                    .append(i)
                    .append("ms\"\n");
        }
        return text.toString();
    }

    private static String starred(int i) {
        return switch (i % 4) {
            case 0 -> "api-*.team" + i + ".example.com";
            case 1 -> "*.shop" + i + "-*.svc.example.com";
            case 2 -> "10." + i / 256 + "." + i % 256 + ".0/24";
            default -> "172.16." + i / 256 + "." + i % 256;
        };
    }

    /** A name that the pattern of this number matches; it has a star. */
    static String starredHost(int i) {
        return i % 2 == 0 ? "api-7.team" + 2 * i + ".example.com" : "a.b.shop" + (2 * i - 1) + "-eu.svc.example.com";
    }

    /** An address in one of the networks. */
    static String address(int i) {
        int network = i / 4 * 4 + 2;
        return "10." + network / 256 + "." + network % 256 + "." + i % 200;
    }

    static void write(Path file) throws Exception {
        Files.writeString(file, file());
    }

    public static void main(String[] arguments) throws Exception {
        long before = used();
        long start = System.nanoTime();
        String text = ConfigLoader.read(arguments[0]);
        Configuration configuration = ConfigLoader.parse(text, arguments[0]);
        Engine engine =
                new Engine(new PolicyTable<>(configuration.policies()), new PolicyTargets(Observer.NONE), new Timer());
        long took = System.nanoTime() - start;
        long after = used();
        Reference.reachabilityFence(text);
        Reference.reachabilityFence(configuration);
        Reference.reachabilityFence(engine);
        System.out.println(took / 1_000_000.0 + " " + (after - before));
    }

    private static long used() {
        MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
        for (int i = 0; i < 3; i++) {
            memory.gc();
        }
        return memory.getHeapMemoryUsage().getUsed();
    }
}
