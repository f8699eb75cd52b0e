package com.example.osgi;

import java.io.File;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.TimeUnit;
import org.osgi.framework.Bundle;
import org.osgi.framework.Constants;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.launch.FrameworkFactory;
import org.osgi.framework.wiring.BundleWiring;

/**
 * Installs the bundle a few times, starts it and uninstalls it each time; prints then how many of the class loaders are
 * still there. Arguments: a working directory, the bundle, the other service, how many times, how many may be left in
 * the end, and which packages bundles may take from the JVM without saying so.
 */
public final class Host {
    private Host() {}

    public static void main(String[] arguments) throws Exception {
        Map<String, String> settings = new HashMap<>();
        settings.put(Constants.FRAMEWORK_STORAGE, arguments[0]);
        settings.put(Constants.FRAMEWORK_BOOTDELEGATION, arguments[5]);
        settings.put("upstream", arguments[2]);
        Framework framework = ServiceLoader.load(FrameworkFactory.class)
                .findFirst()
                .orElseThrow()
                .newFramework(settings);
        framework.start();
        List<WeakReference<ClassLoader>> loaders = new ArrayList<>();
        for (int i = 0; i < Integer.parseInt(arguments[3]); i++) {
            loaders.add(startAndUninstall(framework, new File(arguments[1])));
        }
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        long left = left(loaders);
        while (left > Integer.parseInt(arguments[4]) && System.nanoTime() < until) {
            left = left(loaders);
        }
        System.out.println("left " + left);
        framework.stop();
        framework.waitForStop(10_000);
        System.exit(0);
    }

    private static WeakReference<ClassLoader> startAndUninstall(Framework framework, File bundle) throws Exception {
        Bundle installed =
                framework.getBundleContext().installBundle(bundle.toURI().toString());
        installed.start();
        WeakReference<ClassLoader> loader =
                new WeakReference<>(installed.adapt(BundleWiring.class).getClassLoader());
        installed.stop();
        installed.uninstall();
        return loader;
    }

    private static long left(List<WeakReference<ClassLoader>> loaders) {
        System.gc();
        return loaders.stream().filter(loader -> loader.get() != null).count();
    }
}
