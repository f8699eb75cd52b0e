package dev.holdfast.wild;

import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/**
 * A container: deploys {@link Undeployed} again and again and lets go of it each time, while the agent's file changes
 * from one time to the next. Prints how many of the loaders are still there, and by how much the JVM's classes became
 * more between half time and the end. Arguments: where the application's classes are, the service, how many times, how
 * many may be left in the end, and the agent's file.
 */
final class Container {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final Path config;
    private final String text;
    private final ObjectName agent;
    private final MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
    private final List<WeakReference<ClassLoader>> loaders = new ArrayList<>();
    private int changes;

    private Container(Path config) throws Exception {
        this.config = config;
        this.text = Files.readString(config);
        this.agent = new ObjectName("dev.holdfast:type=Holdfast");
        until(() -> beans.isRegistered(agent));
    }

    /** The classes that the JVM holds. */
    private record Classes(int loaded, long bytes) {}

    public static void main(String[] arguments) throws Exception {
        URL classes = URI.create(arguments[0]).toURL();
        int times = Integer.parseInt(arguments[2]);
        int mayBeLeft = Integer.parseInt(arguments[3]);
        Container container = new Container(Path.of(arguments[4]));

        Classes half = container.run(times / 2, mayBeLeft, classes, arguments[1]);
        Classes all = container.run(times - times / 2, mayBeLeft, classes, arguments[1]);

        System.out.println("left " + container.left() + ", unloaded classes "
                + (ManagementFactory.getClassLoadingMXBean().getUnloadedClassCount() > 0));
        System.out.println("since half time " + (all.loaded - half.loaded) + " classes and "
                + (all.bytes - half.bytes) / 1024 + " KiB of metaspace more");
        System.exit(0);
    }

    private Classes run(int times, int mayBeLeft, URL classes, String service) throws Exception {
        for (int i = 0; i < times; i++) {
            loaders.add(deployAndUndeploy(classes, service));
            long before = reloads();
            Files.writeString(config, text + "# " + ++changes + "\n");
            until(() -> reloads() > before);
        }
        until(() -> left() <= mayBeLeft);
        long bytes = ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getName().equals("Metaspace"))
                .mapToLong(pool -> pool.getUsage().getUsed())
                .sum();
        return new Classes(ManagementFactory.getClassLoadingMXBean().getLoadedClassCount(), bytes);
    }

    /** Waits for it, but not for ever: what became of it is said in the end. */
    private static void until(Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + PATIENCE_NANOS;
        while (!condition.call() && System.nanoTime() < end) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }

    private long reloads() throws Exception {
        String status = (String) beans.invoke(agent, "statusJson", null, null);
        Matcher found = Pattern.compile("\"reloads\"\\s*:\\s*(\\d+)").matcher(status);
        if (!found.find()) {
            throw new IllegalStateException(status);
        }
        return Long.parseLong(found.group(1));
    }

    private long left() {
        System.gc();
        return loaders.stream().filter(loader -> loader.get() != null).count();
    }

    private static WeakReference<ClassLoader> deployAndUndeploy(URL classes, String service) throws Exception {
        URLClassLoader loader = new OwnClassesFirst(classes);
        try (loader) {
            ((Runnable) loader.loadClass(Undeployed.class.getName())
                            .getConstructor(String.class)
                            .newInstance(service))
                    .run();
        }
        return new WeakReference<>(loader);
    }

    /** A class loader as web applications have one. */
    private static final class OwnClassesFirst extends URLClassLoader {
        OwnClassesFirst(URL classes) {
            super(new URL[] {classes});
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            synchronized (getClassLoadingLock(name)) {
                Class<?> loaded = findLoadedClass(name);
                if (loaded != null) {
                    return loaded;
                }
                return name.startsWith(Undeployed.class.getName()) ? findClass(name) : super.loadClass(name, resolve);
            }
        }
    }
}
