package dev.holdfast.observe.meters;

import static org.awaitility.Awaitility.await;

import dev.holdfast.observe.ObservedProgram;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Metrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.File;
import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * A program that has Micrometer, and no framework, and touches it only after its first calls; and beside it one more
 * Micrometer in a loader of its own, as a web application has it, which it lets go of in the end.
 */
public final class RegisteredProgram {
    private RegisteredProgram() {}

    public static void main(String[] arguments) throws Exception {
        ObservedProgram.calls();
        if (arguments.length > 1) {
            // Several looks of the thread that would find it.
            Metrics.addRegistry(new SimpleMeterRegistry());
            await().during(8, TimeUnit.SECONDS)
                    .atMost(20, TimeUnit.SECONDS)
                    .until(() -> Metrics.globalRegistry.getMeters().isEmpty());
            System.out.println("meters: " + Metrics.globalRegistry.getMeters().size());
            return;
        }
        Metrics.addRegistry(new SimpleMeterRegistry());
        // The program counts retries of its own, under the name that the endpoint of the agent has for its own.
        Counter own = Metrics.counter(
                "retry.attempts", "client", "java.net.http", "origin", "shop", "policy", "*", "reason", "503");
        own.increment(7);
        await().atMost(30, TimeUnit.SECONDS)
                .until(() -> Metrics.globalRegistry
                                        .find("holdfast.retry.attempts")
                                        .functionCounter()
                                != null
                        && Metrics.globalRegistry.find("holdfast.retry.delay").functionTimer() != null
                        && Metrics.globalRegistry
                                        .find("holdfast.circuit.breaker.state")
                                        .gauge()
                                != null);
        FunctionCounter retries = Metrics.globalRegistry
                .get("holdfast.retry.attempts")
                .tag("reason", "503")
                .tag("client", "java.net.http")
                .functionCounter();
        System.out.println("retries: " + retries.count());
        FunctionTimer delay = Metrics.globalRegistry.get("holdfast.retry.delay").functionTimer();
        System.out.println("delays: " + delay.count() + " of " + delay.mean(TimeUnit.MILLISECONDS) + " ms");
        System.out.println("breaker: "
                + Metrics.globalRegistry
                        .get("holdfast.circuit.breaker.state")
                        .gauge()
                        .value());
        ObservedProgram.calls();
        await().atMost(30, TimeUnit.SECONDS).until(() -> sum("holdfast.retry.attempts") > 2);
        System.out.println("later: " + sum("holdfast.retry.attempts"));
        System.out.println("the program's own: " + own.count() + " of " + others());

        WeakReference<ClassLoader> loader = another();
        await().atMost(30, TimeUnit.SECONDS).until(() -> {
            System.gc();
            return loader.get() == null;
        });
        System.out.println("the other loader is gone");

        Path configuration = Path.of(arguments[0]);
        Files.writeString(
                configuration, Files.readString(configuration).replace("registry = true", "registry = false"));
        await().atMost(30, TimeUnit.SECONDS)
                .until(() -> Metrics.globalRegistry.getMeters().equals(List.of(own)));
        System.out.println("taken back");
    }

    /** The names that do not begin with Holdfast's. */
    private static Set<String> others() {
        return Metrics.globalRegistry.getMeters().stream()
                .map(meter -> meter.getId().getName())
                .filter(name -> !name.startsWith("holdfast."))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static double sum(String name) {
        return Metrics.globalRegistry.find(name).functionCounters().stream()
                .mapToDouble(FunctionCounter::count)
                .sum();
    }

    /** A second Micrometer, which is given the meters too; nothing of it is held when this returns. */
    private static WeakReference<ClassLoader> another() throws Exception {
        List<URL> jars = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            if (entry.contains("micrometer") || entry.contains("HdrHistogram") || entry.contains("jspecify")) {
                jars.add(new File(entry).toURI().toURL());
            }
        }
        URLClassLoader loader = new URLClassLoader(jars.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
        Class<?> metrics = Class.forName("io.micrometer.core.instrument.Metrics", true, loader);
        Object registry = metrics.getField("globalRegistry").get(null);
        Class<?> type = loader.loadClass("io.micrometer.core.instrument.MeterRegistry");
        // All of them, but for the program's own: a loader that is closed while meters are made has no more classes for
        // that.
        await().atMost(30, TimeUnit.SECONDS)
                .until(() -> ((List<?>) type.getMethod("getMeters").invoke(registry)).size()
                        >= Metrics.globalRegistry.getMeters().size() - 1);
        System.out.println("the other loader has meters: "
                + Arrays.stream(((List<?>) type.getMethod("getMeters").invoke(registry)).toArray())
                        .anyMatch(meter -> meter.getClass().getClassLoader() == loader));
        loader.close();
        return new WeakReference<>(loader);
    }
}
