package dev.holdfast.wild;

import java.lang.management.ClassLoadingMXBean;
import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A container: deploys {@link Undeployed} a few times, lets go of it each time, and prints how many of the loaders are still
 * there. Arguments: where the application's classes are, the service, how many times, and how many
 * may be left in the end.
 */
final class Container {
    private Container() {}

    public static void main(String[] arguments) throws Exception {
        List<WeakReference<ClassLoader>> loaders = new ArrayList<>();
        for (int i = 0; i < Integer.parseInt(arguments[2]); i++) {
            loaders.add(deployAndUndeploy(URI.create(arguments[0]).toURL(), arguments[1]));
        }
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        long left = left(loaders);
        while (left > Integer.parseInt(arguments[3]) && System.nanoTime() < until) {
            left = left(loaders);
        }
        ClassLoadingMXBean classes = ManagementFactory.getClassLoadingMXBean();
        System.out.println("left " + left + ", unloaded classes " + (classes.getUnloadedClassCount() > 0));
        System.exit(0);
    }

    private static long left(List<WeakReference<ClassLoader>> loaders) {
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

    /** As web applications have one. */
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
