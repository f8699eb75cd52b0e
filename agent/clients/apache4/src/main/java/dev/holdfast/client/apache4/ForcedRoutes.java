package dev.holdfast.client.apache4;

import org.apache.http.HttpHost;
import org.apache.http.conn.params.ConnRouteParams;
import org.apache.http.conn.routing.HttpRoute;
import org.apache.http.conn.routing.RouteInfo.LayerType;
import org.apache.http.conn.routing.RouteInfo.TunnelType;
import org.apache.http.params.HttpParams;

/**
 * The route that a parameter of an old client or of a request prescribes. It names its target too; of another one, the
 * way to it is what it says: the address of this machine, and the proxies.
 */
@SuppressWarnings("deprecation") // what all versions have
final class ForcedRoutes {
    private static final String FORCED_ROUTE = "http.route.forced-route";

    private ForcedRoutes() {}

    /** Copies such a route, if there is one, as one to another target. */
    static void copy(HttpParams from, HttpParams to, HttpHost target) {
        if (from.getParameter(FORCED_ROUTE) instanceof HttpRoute route) {
            HttpParams unused = to.setParameter(FORCED_ROUTE, of(route, target));
        }
    }

    /** The library's own route to nowhere says that none is prescribed, whatever the client says. */
    private static HttpRoute of(HttpRoute route, HttpHost target) {
        return route.equals(ConnRouteParams.NO_ROUTE) ? route : toward(target, route);
    }

    private static HttpRoute toward(HttpHost target, HttpRoute route) {
        HttpHost[] proxies = new HttpHost[route.getHopCount() - 1];
        for (int i = 0; i < proxies.length; i++) {
            proxies[i] = route.getHopTarget(i);
        }
        boolean secure = "https".equalsIgnoreCase(target.getSchemeName());
        boolean tunnelled = secure && proxies.length > 0;
        return new HttpRoute(
                target,
                route.getLocalAddress(),
                proxies,
                secure,
                tunnelled ? TunnelType.TUNNELLED : TunnelType.PLAIN,
                tunnelled ? LayerType.LAYERED : LayerType.PLAIN);
    }
}
