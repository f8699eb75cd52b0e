package dev.holdfast.admin;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Metrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.TreeSet;

/**
 * A program with a Micrometer of its own that makes no call. For each line of its standard input it prints what its
 * registry has of {@code holdfast.active}, as {@code REASON VALUE}.
 */
final class MeteredProgram {
    private MeteredProgram() {}

    public static void main(String[] arguments) throws Exception {
        Metrics.addRegistry(new SimpleMeterRegistry());
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        while (in.readLine() != null) {
            TreeSet<String> active = new TreeSet<>();
            for (Gauge gauge : Metrics.globalRegistry.find("holdfast.active").gauges()) {
                active.add(gauge.getId().getTag("reason") + " " + gauge.value());
            }
            System.out.println(active);
        }
    }
}
