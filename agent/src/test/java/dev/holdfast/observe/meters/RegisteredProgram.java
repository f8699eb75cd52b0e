package dev.holdfast.observe.meters;

import static org.awaitility.Awaitility.await;

import dev.holdfast.observe.ObservedProgram;
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
import java.util.concurrent.TimeUnit;

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
        await().atMost(30, TimeUnit.SECONDS)
                .until(() -> Metrics.globalRegistry.find("retry.attempts").functionCounter() != null
                        && Metrics.globalRegistry.find("retry.delay").functionTimer() != null
                        && Metrics.globalRegistry.find("circuit.breaker.state").gauge() != null);
        FunctionCounter retries = Metrics.globalRegistry
                .get("retry.attempts")
                .tag("reason", "503")
                .functionCounter();
        System.out.println("retries: " + retries.count());
        FunctionTimer delay = Metrics.globalRegistry.get("retry.delay").functionTimer();
        System.out.println("delays: " + delay.count() + " of " + delay.mean(TimeUnit.MILLISECONDS) + " ms");
        System.out.println("breaker: "
                + Metrics.globalRegistry.get("circuit.breaker.state").gauge().value());
        ObservedProgram.calls();
        await().atMost(30, TimeUnit.SECONDS).until(() -> sum("retry.attempts") > 2);
        System.out.println("later: " + sum("retry.attempts"));

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
                .until(() -> Metrics.globalRegistry.getMeters().isEmpty());
        System.out.println("taken back");
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
        // All of them: a loader that is closed while meters are made has no more classes for that.
        await().atMost(30, TimeUnit.SECONDS)
                .until(() -> ((List<?>) type.getMethod("getMeters").invoke(registry)).size()
                        >= Metrics.globalRegistry.getMeters().size());
        System.out.println("the other loader has meters: "
                + Arrays.stream(((List<?>) type.getMethod("getMeters").invoke(registry)).toArray())
                        .anyMatch(meter -> meter.getClass().getClassLoader() == loader));
        loader.close();
        return new WeakReference<>(loader);
    }
}
