package dev.holdfast.observe;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/** The beans of origins: as many as the ledger lists, coming and going with them. For one thread. */
final class OriginBeans {
    private final MBeanServer server;
    private final Status status;
    private final Map<CounterRegistry.Key, ObjectName> registered = new HashMap<>();
    private long seen = -1;

    OriginBeans(MBeanServer server, Status status) {
        this.server = server;
        this.status = status;
    }

    /**
     * Registers those that are new, and takes back those that there are no more.
     *
     * @throws JMException the server does not take one
     */
    void update() throws JMException {
        long changes = status.ledger().changes();
        if (changes == seen) {
            return;
        }
        seen = changes;
        Set<CounterRegistry.Key> listed = new HashSet<>(status.ledger().listed());
        for (Iterator<Map.Entry<CounterRegistry.Key, ObjectName>> all =
                        registered.entrySet().iterator();
                all.hasNext(); ) {
            Map.Entry<CounterRegistry.Key, ObjectName> bean = all.next();
            if (!listed.contains(bean.getKey())) {
                all.remove();
                remove(bean.getValue());
            }
        }
        for (CounterRegistry.Key key : listed) {
            if (!registered.containsKey(key)) {
                ObjectName name = name(key);
                server.registerMBean(new OriginBean(key, () -> status.origin(key)), name);
                registered.put(key, name);
            }
        }
    }

    private static ObjectName name(CounterRegistry.Key key) throws JMException {
        return new ObjectName("dev.holdfast:type=Origin,policy=" + ObjectName.quote(key.policy()) + ",origin="
                + ObjectName.quote(key.origin()));
    }

    private void remove(ObjectName name) throws JMException {
        try {
            server.unregisterMBean(name);
        } catch (InstanceNotFoundException e) {
            // Somebody else has taken it away.
        }
    }
}
