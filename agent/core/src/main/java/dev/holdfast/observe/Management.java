package dev.holdfast.observe;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.MBeanServerFactory;
import javax.management.ObjectName;
import org.jspecify.annotations.Nullable;

/**
 * Puts Holdfast on the platform's MBean server, once there is one.
 *
 * <p>Nobody asks for that server here, for whoever does makes it: some hundred classes at somebody's start, and an
 * application server that sets {@code javax.management.builder.initial} in its {@code main} would find that it comes
 * too late. So the launch classes only note when the JVM loads {@code MBeanServerFactory} (they look at each class's
 * name anyway), and from then on, once a second, the servers that exist are looked through for the platform's, which is
 * the one that has {@code java.lang:type=Runtime}. A program without JMX so pays one comparison of names per class of
 * the JDK and no class; one that uses JMX, or whose local management agent is started by somebody ({@code jconsole},
 * {@code status PID}), finds {@value #NAME} a moment later. Nothing has to be attached for that, so it works where
 * agents may not be loaded at run time as well, and prints no warning.
 *
 * <p>The beans of single origins ({@link OriginMXBean}) are beside this one.
 */
public final class Management implements HoldfastMXBean {
    /** The name of the bean. */
    public static final String NAME = "dev.holdfast:type=Holdfast";

    private static final String PLATFORM = "java.lang:type=Runtime";

    private final Status status;
    private final Consumer<Boolean> switchOn;
    private @Nullable OriginBeans origins;

    /**
     * A bean that is not registered yet.
     *
     * @param status what there is to see
     * @param switchOn throws the run-time switch
     */
    public Management(Status status, Consumer<Boolean> switchOn) {
        this.status = status;
        this.switchOn = switchOn;
    }

    /**
     * Registers the bean once the platform's MBean server exists, and from then on keeps the beans of origins equal to
     * those that are listed. Called about once a second, by one thread.
     *
     * @throws JMException the server does not take a bean
     */
    public void update() throws JMException {
        OriginBeans beans = origins;
        if (beans == null) {
            MBeanServer server = platformServer();
            if (server == null) {
                return;
            }
            server.registerMBean(this, new ObjectName(NAME));
            beans = new OriginBeans(server, status);
            origins = beans;
        }
        beans.update();
    }

    private static @Nullable MBeanServer platformServer() throws JMException {
        ObjectName platform = new ObjectName(PLATFORM);
        for (MBeanServer server : MBeanServerFactory.findMBeanServer(null)) {
            if (server.isRegistered(platform)) {
                return server;
            }
        }
        return null;
    }

    @Override
    public String getVersion() {
        String version = status.get().version();
        return version == null ? "" : version;
    }

    @Override
    public String getConfigurationFile() {
        return status.get().file();
    }

    @Override
    public boolean isOn() {
        return status.get().on();
    }

    @Override
    public void setOn(boolean on) {
        switchOn.accept(on);
    }

    @Override
    public boolean isActive() {
        return status.get().activity() == Activity.ACTIVE;
    }

    @Override
    public String getReason() {
        return status.get().activity().label();
    }

    @Override
    public List<String> getPolicies() {
        return status.get().policies();
    }

    @Override
    public List<String> getInjectedFaults() {
        InjectedFaults faults = status.get().faults();
        if (faults == null || !faults.injecting()) {
            return List.of();
        }
        List<String> lines = new ArrayList<>();
        lines.add("until " + faults.until());
        faults.policies().forEach(of -> lines.add(of.toString()));
        return lines;
    }

    @Override
    public String statusJson() {
        return SnapshotJson.of(status.get());
    }
}
