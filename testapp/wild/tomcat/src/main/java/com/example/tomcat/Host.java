package com.example.tomcat;

import java.io.File;
import java.lang.ref.WeakReference;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.catalina.Context;
import org.apache.catalina.startup.Tomcat;

/**
 * Deploys the web application a few times, asks it once and undeploys it each time; prints each answer, and then how
 * many of the class loaders are still there. Arguments: a working directory, the web application's, the other service,
 * how many times, how many may be left in the end.
 */
public final class Host {
    private static final HttpClient CALLER = HttpClient.newHttpClient();

    private Host() {}

    public static void main(String[] arguments) throws Exception {
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(arguments[0]);
        tomcat.setPort(0);
        tomcat.getConnector().setProperty("address", "127.0.0.1");
        tomcat.start();
        List<WeakReference<ClassLoader>> loaders = new ArrayList<>();
        for (int i = 0; i < Integer.parseInt(arguments[3]); i++) {
            loaders.add(deployAndUndeploy(tomcat, arguments[1], arguments[2] + i + "/"));
        }
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        long left = left(loaders);
        while (left > Integer.parseInt(arguments[4]) && System.nanoTime() < until) {
            left = left(loaders);
        }
        System.out.println("left " + left);
        tomcat.stop();
        tomcat.destroy();
        System.exit(0);
    }

    private static WeakReference<ClassLoader> deployAndUndeploy(Tomcat tomcat, String application, String upstream)
            throws Exception {
        Context context = tomcat.addContext("/app", new File(application).getAbsolutePath());
        Tomcat.addServlet(context, "calls", "com.example.webapp.Calls").addMapping("/calls");
        URI servlet = URI.create(
                "http://127.0.0.1:" + tomcat.getConnector().getLocalPort() + "/app/calls?upstream=" + upstream);
        System.out.println(CALLER.send(HttpRequest.newBuilder(servlet).build(), BodyHandlers.ofString())
                .body());
        WeakReference<ClassLoader> loader =
                new WeakReference<>(context.getLoader().getClassLoader());
        tomcat.getHost().removeChild(context);
        return loader;
    }

    private static long left(List<WeakReference<ClassLoader>> loaders) {
        System.gc();
        return loaders.stream().filter(loader -> loader.get() != null).count();
    }
}
