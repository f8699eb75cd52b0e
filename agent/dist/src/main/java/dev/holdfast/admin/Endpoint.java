package dev.holdfast.admin;

import dev.holdfast.config.Configuration;
import dev.holdfast.config.ObservabilityConfig;
import dev.holdfast.observe.Log;
import dev.holdfast.observe.Snapshot;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP endpoint, wherever the configuration wants it at the moment. A port that cannot be had is said, and tried
 * again when the configuration changes; nothing else depends on it. Thread-safe.
 */
public final class Endpoint {
    private final Supplier<Snapshot> status;
    private final History history = new History();
    private final AdminRoutes adminRoutes;
    private final Log log;
    private final BiConsumer<String, Throwable> defects;
    private ObservabilityConfig.@Nullable Admin at;
    private @Nullable Server server;
    /** True if the server ended by itself, so that another one is tried until it listens. */
    private boolean died;

    /**
     * One that does not listen yet.
     *
     * @param status how things are
     * @param configuration what is in force
     * @param log told in one line where it listens, or why it does not
     * @param defects told of what goes wrong here
     */
    public Endpoint(
            Supplier<Snapshot> status,
            Supplier<Configuration> configuration,
            Log log,
            BiConsumer<String, Throwable> defects) {
        this.status = status;
        this.adminRoutes = new AdminRoutes(status, configuration, history);
        this.log = log;
        this.defects = defects;
    }

    /** Listens where it is wanted; null: nowhere. */
    public synchronized void listen(ObservabilityConfig.@Nullable Admin wanted) {
        if (wanted == null ? at == null : wanted.equals(at) && server != null) {
            return;
        }
        if (server != null) {
            server.close();
            server = null;
        }
        at = wanted;
        died = false;
        if (wanted == null) {
            log.say(Log.Level.INFO, "the admin endpoint is closed");
        } else {
            open(wanted);
        }
    }

    private void open(ObservabilityConfig.Admin wanted) {
        try {
            Server next = new Server(
                    new InetSocketAddress(address(wanted.host()), wanted.port()),
                    new Guarded(new HostHeaderFilter(wanted.names()), adminRoutes),
                    defects,
                    ConnectionTimeouts.STANDARD);
            try {
                next.start();
                server = next;
            } finally {
                if (server == null) {
                    next.close(); // no thread could be started: the port must be free for the next try
                }
            }
            log.say(Log.Level.INFO, "the admin endpoint is " + shown(wanted, next.port()));
        } catch (IOException | RuntimeException e) {
            if (died) {
                return; // said when it was tried first; tried again with the next tick
            }
            String why = e instanceof UnknownHostException
                    ? "no address is known for that name"
                    : wanted.source().isExternal() ? wanted.source().reason(e, null) : e.getMessage();
            log.say(
                    Log.Level.WARN,
                    "the admin endpoint cannot listen on "
                            + wanted.source().shown(host(wanted) + ':' + wanted.port()) + ": " + why
                            + "; it is tried again when the configuration changes");
        }
    }

    private static String host(ObservabilityConfig.Admin wanted) {
        return wanted.host().indexOf(':') >= 0 ? '[' + wanted.host() + ']' : wanted.host();
    }

    /** The URL of the endpoint. Of an address from outside only a port is shown that it leaves to the system. */
    private static String shown(ObservabilityConfig.Admin wanted, int port) {
        if (!wanted.source().isExternal()) {
            return "http://" + host(wanted) + ':' + port + '/';
        }
        return "at " + wanted.source().shown("") + (wanted.port() == 0 ? ", port " + port : "");
    }

    /**
     * Opens or closes the listener as the configuration demands. Called about once a second, by a thread that may
     * block.
     */
    public synchronized void tick() {
        ObservabilityConfig.Admin wanted = at;
        if (server != null && !server.isRunning()) {
            server.close();
            server = null;
            died = true;
        }
        if (died && server == null && wanted != null) {
            open(wanted);
            died = server == null;
        }
        if (server != null && history.due(System.currentTimeMillis())) {
            history.add(status.get());
        }
    }

    /** Without asking for a name where that is not needed: the application may have resolvers of its own. */
    private static InetAddress address(String host) throws UnknownHostException {
        return host.equals("localhost")
                ? InetAddress.getByAddress("localhost", new byte[] {127, 0, 0, 1})
                : InetAddress.getByName(host);
    }

    /** The gatekeeper before the views. */
    private record Guarded(HostHeaderFilter hostHeaderFilter, Handler views) implements Handler {
        @Override
        public Response handle(Request request) {
            int refusal = hostHeaderFilter.refusal(request);
            return refusal == HostHeaderFilter.OPEN
                    ? Compression.of(request, views.handle(request))
                    : Response.empty(refusal);
        }
    }
}
