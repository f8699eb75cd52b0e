package dev.holdfast.cli;

import dev.holdfast.observe.Management;
import java.io.IOException;
import javax.management.Attribute;
import javax.management.JMException;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/** Holdfast in another JVM of this machine, over its local management connection. */
final class ManagedHoldfast implements AutoCloseable {
    /** The bean is there within a second or so of the first time that anybody wants an MBean server. */
    private static final int LONGEST_WAIT_MILLIS = 10_000;

    private static final int POLL_MILLIS = 50;

    /** Holdfast is there, but not at work. */
    static final class Inactive extends Refusal {
        private static final long serialVersionUID = 1L;

        private Inactive(String why) {
            super(why);
        }
    }

    private final String process;
    private final JMXConnector connector;
    private final MBeanServerConnection beans;
    private final ObjectName name;

    private ManagedHoldfast(String process, JMXConnector connector) throws IOException, JMException {
        this.process = process;
        this.connector = connector;
        this.beans = connector.getMBeanServerConnection();
        this.name = new ObjectName(Management.NAME);
    }

    /**
     * Connects.
     *
     * @param pid the process, as it was given
     * @throws Refusal why that cannot be done
     */
    static ManagedHoldfast of(String pid) throws Refusal, InterruptedException {
        try (RunningJvm jvm = RunningJvm.attach(pid)) {
            if (!jvm.hasHoldfast()) {
                throw new Refusal("there is no Holdfast in process " + jvm + "; attach brings it in");
            }
            return of(jvm);
        }
    }

    /**
     * Connects to a JVM that carries Holdfast.
     *
     * @throws Refusal why that cannot be done
     */
    @SuppressWarnings("BanJNDI") // the address is none of a stranger's: the JVM itself has just given it
    static ManagedHoldfast of(RunningJvm jvm) throws Refusal, InterruptedException {
        String process = jvm.toString();
        String address = jvm.managementAddress();
        ManagedHoldfast holdfast;
        try {
            holdfast = new ManagedHoldfast(process, JMXConnectorFactory.connect(new JMXServiceURL(address)));
        } catch (IOException | JMException e) {
            throw new Refusal("process " + process + " cannot be managed from here: " + e.getMessage());
        }
        holdfast.await();
        return holdfast;
    }

    private void await() throws Refusal, InterruptedException {
        long end = System.nanoTime() + LONGEST_WAIT_MILLIS * 1_000_000L;
        try {
            while (!beans.isRegistered(name)) {
                if (System.nanoTime() - end > 0) {
                    close();
                    throw new Inactive(
                            "Holdfast is loaded in process " + process
                                    + ", but not active: the program's standard error says why; perhaps its file bears no policy");
                }
                Thread.sleep(POLL_MILLIS);
            }
        } catch (IOException e) {
            throw gone(e);
        }
    }

    /** The process and its program. */
    String process() {
        return process;
    }

    /** As {@link dev.holdfast.observe.SnapshotJson} has it. */
    String status() throws Refusal {
        try {
            return (String) beans.invoke(name, "statusJson", new Object[0], new String[0]);
        } catch (IOException | JMException e) {
            throw gone(e);
        }
    }

    /** Throws the run-time switch. */
    void switchOn(boolean on) throws Refusal {
        try {
            beans.setAttribute(name, new Attribute("On", on));
        } catch (IOException | JMException e) {
            throw gone(e);
        }
    }

    private Refusal gone(Exception e) {
        return new Refusal("process " + process + " does not answer any more: " + e.getMessage());
    }

    @Override
    public void close() {
        try {
            connector.close();
        } catch (IOException e) {
            // The other side is gone.
        }
    }
}
