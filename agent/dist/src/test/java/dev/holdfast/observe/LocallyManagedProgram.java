package dev.holdfast.observe;

import static org.awaitility.Awaitility.await;

import com.sun.tools.attach.VirtualMachine;
import java.util.Arrays;
import java.util.Comparator;
import java.util.concurrent.TimeUnit;
import javax.management.Attribute;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/**
 * Makes its calls, and then looks at itself as a management console does that is started beside it: over the local
 * connection, whose agent is started by attaching. Prints what the bean of its one origin says, and throws the switch.
 */
public final class LocallyManagedProgram {
    private LocallyManagedProgram() {}

    public static void main(String[] arguments) throws Exception {
        String origin = ObservedProgram.calls();
        VirtualMachine self =
                VirtualMachine.attach(Long.toString(ProcessHandle.current().pid()));
        String address = self.startLocalManagementAgent();
        self.detach();
        try (JMXConnector connector = JMXConnectorFactory.connect(new JMXServiceURL(address))) {
            MBeanServerConnection server = connector.getMBeanServerConnection();
            ObjectName bean = new ObjectName(
                    "dev.holdfast:type=Origin,policy=" + ObjectName.quote("*") + ",origin=" + ObjectName.quote(origin));
            await().atMost(30, TimeUnit.SECONDS).until(() -> server.isRegistered(bean));
            MBeanAttributeInfo[] attributes = server.getMBeanInfo(bean).getAttributes();
            Arrays.sort(attributes, Comparator.comparing(MBeanAttributeInfo::getName));
            for (MBeanAttributeInfo attribute : attributes) {
                System.out.println(attribute.getName() + " = " + server.getAttribute(bean, attribute.getName()));
            }
            ObjectName all = new ObjectName("dev.holdfast:type=Holdfast");
            server.setAttribute(all, new Attribute("On", false));
            System.out.println("On = " + server.getAttribute(all, "On"));
        }
    }
}
