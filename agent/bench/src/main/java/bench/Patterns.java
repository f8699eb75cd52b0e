package bench;

import dev.holdfast.config.ConfigException;
import dev.holdfast.config.ConfigLoader;
import dev.holdfast.policy.HostPattern;
import dev.holdfast.policy.Policy;
import dev.holdfast.policy.PolicyTable;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * The way from a host to its policy among 10,000 patterns, each time for another host, and from a path to its route
 * among 1,000. What a call costs whose host was called before is measured elsewhere: it does not come here.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class Patterns {
    private static final int MANY = 4096;

    private final PolicyTable<Policy> table;
    private final PolicyTable<Policy> starred;
    private final Policy routed;
    private final String[] hosts = new String[MANY];
    private final String[] unknown = new String[MANY];
    private final String[] names = new String[MANY];
    private final String[] addresses = new String[MANY];
    private final String[] paths = new String[MANY];
    private int next;

    /** Reads the files. */
    public Patterns() {
        try {
            table = new PolicyTable<>(
                    ConfigLoader.parse(PatternsProgram.file(), "bench.toml").policies());
            starred = new PolicyTable<>(
                    ConfigLoader.parse(PatternsProgram.starred(), "bench.toml").policies());
            routed = Objects.requireNonNull(
                    ConfigLoader.parse(routes(), "bench.toml").policies().get(HostPattern.parse("a.example")));
        } catch (ConfigException e) {
            throw new IllegalStateException(e);
        }
        for (int i = 0; i < MANY; i++) {
            hosts[i] = PatternsProgram.host(i * 2);
            names[i] = PatternsProgram.starredHost(i);
            addresses[i] = PatternsProgram.address(i * 2);
            unknown[i] = "a.b" + i + ".elsewhere.example.org";
            paths[i] = "/v1/things" + i % 1000 + "/" + i + "/parts";
        }
    }

    private static String routes() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 1000; i++) {
            text.append("[[hosts.\"a.example\".routes]]\npath = \"/v1/things")
                    .append(i)
                    .append("/*/parts\"\nmode = \"observe\"\n");
        }
        return text.toString();
    }

    /** A host that a pattern is for: exact, with a port, or by a suffix. */
    @Benchmark
    public Object host() {
        // A new object, as a URL that was just read has: its hash is not known yet.
        return table.find(new String(hosts[next++ & (MANY - 1)]), 8443);
    }

    /** A host that no pattern but {@code *} is for. */
    @Benchmark
    public Object hostOfNone() {
        return table.find(new String(unknown[next++ & (MANY - 1)]), 443);
    }

    /** A name that a pattern with a star within a label is for. */
    @Benchmark
    public Object starredHost() {
        return starred.find(new String(names[next++ & (MANY - 1)]), 443);
    }

    /** An address that is in one of the networks. */
    @Benchmark
    public Object address() {
        return starred.find(new String(addresses[next++ & (MANY - 1)]), 443);
    }

    /** A path that one of 1,000 routes is for. */
    @Benchmark
    public Object route() {
        return routed.of("GET", paths[next++ & (MANY - 1)]);
    }
}
