package dev.holdfast.observe;

import static org.awaitility.Awaitility.await;

import java.lang.management.ManagementFactory;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.management.Attribute;
import javax.management.MBeanServer;
import javax.management.MBeanServerBuilder;
import javax.management.ObjectName;

/**
 * An ordinary program that calls, and asks for the platform's MBean server before or after, as its argument says; then
 * waits to find Holdfast there and throws its switch. {@code own}: it has set the builder of MBean servers first.
 */
public final class ManagedProgram {
    private static final AtomicInteger REQUESTS = new AtomicInteger();

    private ManagedProgram() {}

    /** The builder of an application server. */
    public static final class OwnBuilder extends MBeanServerBuilder {
        /** Called by name. */
        public OwnBuilder() {
            System.out.println("own builder");
        }
    }

    public static void main(String[] arguments) throws Exception {
        if (arguments[0].equals("early")) {
            ManagementFactory.getPlatformMBeanServer();
        }
        com.sun.net.httpserver.HttpServer server =
                com.sun.net.httpserver.HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            REQUESTS.incrementAndGet();
            exchange.sendResponseHeaders(503, -1);
            exchange.close();
        });
        server.start();
        URI uri = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
        call(uri);
        if (arguments[0].equals("never")) {
            // Several looks of the thread that would register; nothing tells that it looked.
            boolean unused = new CountDownLatch(1).await(2500, TimeUnit.MILLISECONDS);
            server.stop(0);
            return;
        }
        if (arguments[0].equals("own")) {
            System.setProperty("javax.management.builder.initial", OwnBuilder.class.getName());
        }
        MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
        ObjectName name = new ObjectName("dev.holdfast:type=Holdfast");
        await().atMost(30, TimeUnit.SECONDS).until(() -> beans.isRegistered(name));
        System.out.println(beans.getAttribute(name, "Version") + " "
                + String.join(",", (String[]) beans.getAttribute(name, "Policies")));
        System.out.println(beans.getAttribute(name, "ConfigurationFile"));
        System.out.println(beans.invoke(name, "statusJson", null, null));
        beans.setAttribute(name, new Attribute("On", false));
        call(uri);
        System.out.println(beans.getAttribute(name, "On"));
        beans.setAttribute(name, new Attribute("On", true));
        call(uri);
        server.stop(0);
    }

    private static void call(URI uri) throws Exception {
        int before = REQUESTS.get();
        HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
        int status = connection.getResponseCode();
        System.out.println(status + " after " + (REQUESTS.get() - before));
    }
}
