#include "enrich/services.hpp"

#include <algorithm>
#include <array>
#include <tuple>

#include "net/packet.hpp"

namespace nightjar {
namespace {

using protocol::kIcmp;
using protocol::kIcmpv6;
using protocol::kTcp;
using protocol::kUdp;

constexpr auto kServices = std::to_array<NamedService>({
    {kIcmp, 0, "echo-reply", "Answers to pings: backscatter of a flood of pings."},
    {kIcmp, 0x0300, "net-unreachable", "A router says that it knows no way."},
    {kIcmp, 0x0301, "host-unreachable", "A router says that the host does not answer."},
    {kIcmp, 0x0302, "protocol-unreachable", "A host says that it does not speak the protocol."},
    {kIcmp, 0x0303, "port-unreachable", "A host says that nobody listens on the UDP port."},
    {kIcmp, 0x0304, "fragmentation-needed", "A router says that the packet is too large."},
    {kIcmp, 0x030a, "host-prohibited", "A firewall refuses the host."},
    {kIcmp, 0x030d, "filtered", "A firewall refuses the traffic."},
    {kIcmp, 0x0800, "echo-request", "Ping: a search for hosts."},
    {kIcmp, 0x0b00, "ttl-exceeded", "A router says that the packet was on the way too long."},
    {kTcp, 7, "echo", "Sends back what it gets."},
    {kTcp, 19, "chargen", "Sends characters without end."},
    {kTcp, 21, "ftp", "File transfer."},
    {kTcp, 22, "ssh", "Secure shell; passwords are guessed here."},
    {kTcp, 23, "telnet", "Terminal of cameras, recorders and routers; where Mirai and its kin log in."},
    {kTcp, 25, "smtp", "Mail between servers."},
    {kTcp, 26, "telnet-26", "Telnet beside its port; also mail."},
    {kTcp, 53, "dns", "Names, over TCP."},
    {kTcp, 80, "http", "Web."},
    {kTcp, 81, "http-81", "Web pages of cameras, GoAhead's among them."},
    {kTcp, 82, "http-82", "Web pages of cameras."},
    {kTcp, 83, "http-83", "Web pages of cameras."},
    {kTcp, 84, "http-84", "Web pages of cameras."},
    {kTcp, 85, "http-85", "Web pages of cameras."},
    {kTcp, 88, "kerberos", "Log-in to Windows domains; web pages of cameras."},
    {kTcp, 102, "s7", "Siemens controllers (ISO transport)."},
    {kTcp, 110, "pop3", "Mail boxes."},
    {kTcp, 111, "portmap", "Directory of RPC services."},
    {kTcp, 113, "ident", "Who owns a connection."},
    {kTcp, 119, "nntp", "Network news."},
    {kTcp, 135, "msrpc", "Directory of Windows RPC services."},
    {kTcp, 139, "netbios-ssn", "Windows file shares over NetBIOS."},
    {kTcp, 143, "imap", "Mail boxes."},
    {kTcp, 179, "bgp", "Routes between networks."},
    {kTcp, 389, "ldap", "Directories."},
    {kTcp, 443, "https", "Web over TLS."},
    {kTcp, 445, "smb", "Windows file shares; Conficker and WannaCry spread here."},
    {kTcp, 465, "smtps", "Mail over TLS."},
    {kTcp, 502, "modbus", "Industrial controllers."},
    {kTcp, 512, "rexec", "Remote commands without encryption."},
    {kTcp, 513, "rlogin", "Remote terminal without encryption."},
    {kTcp, 514, "rsh", "Remote shell without encryption."},
    {kTcp, 515, "lpd", "Printers."},
    {kTcp, 548, "afp", "Apple file shares."},
    {kTcp, 554, "rtsp", "Video of cameras."},
    {kTcp, 587, "submission", "Mail from clients."},
    {kTcp, 631, "ipp", "Printers."},
    {kTcp, 636, "ldaps", "Directories over TLS."},
    {kTcp, 873, "rsync", "File copies."},
    {kTcp, 993, "imaps", "Mail boxes over TLS."},
    {kTcp, 995, "pop3s", "Mail boxes over TLS."},
    {kTcp, 1023, "telnet-1023", "Telnet beside its port."},
    {kTcp, 1080, "socks", "Open proxies."},
    {kTcp, 1099, "java-rmi", "Java objects from afar."},
    {kTcp, 1433, "mssql", "Microsoft SQL Server."},
    {kTcp, 1521, "oracle", "Oracle databases."},
    {kTcp, 1723, "pptp", "Old VPN."},
    {kTcp, 1883, "mqtt", "Messages of things."},
    {kTcp, 2049, "nfs", "Unix file shares."},
    {kTcp, 2181, "zookeeper", "Apache ZooKeeper."},
    {kTcp, 2222, "ssh-2222", "SSH beside its port; also EtherNet/IP."},
    {kTcp, 2323, "telnet-2323", "Telnet beside its port; Mirai sends one knock in ten here."},
    {kTcp, 2375, "docker", "Docker without encryption: whoever reaches it owns the machine."},
    {kTcp, 2376, "docker-tls", "Docker over TLS."},
    {kTcp, 2379, "etcd", "Settings of clusters."},
    {kTcp, 2404, "iec-104", "Substations of power grids."},
    {kTcp, 3128, "http-proxy", "Open proxies (Squid)."},
    {kTcp, 3306, "mysql", "MySQL and MariaDB."},
    {kTcp, 3389, "rdp", "Windows desktops from afar; passwords are guessed here."},
    {kTcp, 4028, "cgminer", "Control of coin miners."},
    {kTcp, 4786, "cisco-smi", "Cisco Smart Install."},
    {kTcp, 4899, "radmin", "Windows desktops from afar."},
    {kTcp, 5000, "upnp-5000", "Web pages and UPnP of routers and network disks."},
    {kTcp, 5038, "asterisk-ami", "Control of telephone exchanges."},
    {kTcp, 5060, "sip", "Telephony."},
    {kTcp, 5061, "sips", "Telephony over TLS."},
    {kTcp, 5358, "telnet-5358", "Telnet beside its port; Hajime knocks here."},
    {kTcp, 5432, "postgresql", "PostgreSQL."},
    {kTcp, 5555, "adb", "Android debug bridge: television boxes and phones without a lock."},
    {kTcp, 5672, "amqp", "Messages (RabbitMQ)."},
    {kTcp, 5900, "vnc", "Desktops from afar."},
    {kTcp, 5901, "vnc-1", "Desktops from afar."},
    {kTcp, 5984, "couchdb", "Apache CouchDB."},
    {kTcp, 5985, "winrm", "Windows management."},
    {kTcp, 6000, "x11", "Unix desktops."},
    {kTcp, 6379, "redis", "Redis."},
    {kTcp, 6443, "kubernetes", "Control of Kubernetes clusters."},
    {kTcp, 6667, "irc", "Chat, and the control of older botnets."},
    {kTcp, 6789, "telnet-6789", "Telnet beside its port."},
    {kTcp, 7001, "weblogic", "Oracle WebLogic."},
    {kTcp, 7547, "cwmp", "Providers manage home routers here (TR-069); Mirai's attack of November 2016."},
    {kTcp, 8000, "http-8000", "Web beside its port; Hikvision recorders."},
    {kTcp, 8008, "http-8008", "Web beside its port; Chromecast."},
    {kTcp, 8009, "ajp", "Apache Tomcat's inner door."},
    {kTcp, 8080, "http-8080", "Web beside its port, and open proxies."},
    {kTcp, 8081, "http-8081", "Web beside its port."},
    {kTcp, 8088, "hadoop-yarn", "Hadoop's job queue; web beside its port."},
    {kTcp, 8089, "splunkd", "Splunk."},
    {kTcp, 8291, "winbox", "MikroTik routers."},
    {kTcp, 8443, "https-8443", "Web over TLS beside its port."},
    {kTcp, 8545, "ethereum-rpc", "Ethereum wallets."},
    {kTcp, 8728, "mikrotik-api", "MikroTik routers."},
    {kTcp, 8888, "http-8888", "Web beside its port."},
    {kTcp, 9000, "http-9000", "Web beside its port; Portainer, PHP."},
    {kTcp, 9042, "cassandra", "Apache Cassandra."},
    {kTcp, 9100, "jetdirect", "Printers."},
    {kTcp, 9200, "elasticsearch", "Elasticsearch."},
    {kTcp, 9527, "camera-shell", "Debug shell of Chinese cameras."},
    {kTcp, 9530, "xiongmai-dvr", "Door to Xiongmai recorders that opens telnet."},
    {kTcp, 10000, "webmin", "Unix management, and backups."},
    {kTcp, 10250, "kubelet", "Nodes of Kubernetes."},
    {kTcp, 11211, "memcached", "Memory caches."},
    {kTcp, 20000, "dnp3", "Power and water controllers."},
    {kTcp, 23231, "telnet-23231", "Telnet beside its port."},
    {kTcp, 25565, "minecraft", "Minecraft servers."},
    {kTcp, 27017, "mongodb", "MongoDB."},
    {kTcp, 32764, "router-backdoor", "Back door of Linksys and Netgear routers (SerComm)."},
    {kTcp, 34567, "dvrip", "Xiongmai recorders."},
    {kTcp, 37215, "huawei-upnp", "UPnP of Huawei HG532 routers (CVE-2017-17215)."},
    {kTcp, 37777, "dahua-dvr", "Dahua recorders."},
    {kTcp, 44818, "ethernet-ip", "Industrial controllers (Rockwell)."},
    {kTcp, 48101, "mirai-lock", "Mirai listens here so that it runs only once."},
    {kTcp, 49152, "upnp-49152", "UPnP of cameras, routers and server boards."},
    {kTcp, 50070, "hdfs", "Hadoop's file system."},
    {kTcp, 52869, "realtek-upnp", "UPnP of routers with Realtek's SDK (CVE-2014-8361)."},
    {kTcp, 60001, "jaws-dvr", "MVPower recorders (JAWS) that run any command."},
    {kUdp, 7, "echo", "Sends back what it gets."},
    {kUdp, 17, "qotd", "Quote of the day: amplifies attacks."},
    {kUdp, 19, "chargen", "Characters: amplifies attacks."},
    {kUdp, 53, "dns", "Names; open resolvers amplify attacks."},
    {kUdp, 67, "dhcp", "Addresses for a local network."},
    {kUdp, 69, "tftp", "File transfer without a password; amplifies attacks."},
    {kUdp, 111, "portmap", "Directory of RPC services; amplifies attacks."},
    {kUdp, 123, "ntp", "Time; amplifies attacks (monlist)."},
    {kUdp, 137, "netbios-ns", "Windows names; amplifies attacks."},
    {kUdp, 138, "netbios-dgm", "Windows datagrams."},
    {kUdp, 161, "snmp", "Network management; amplifies attacks."},
    {kUdp, 177, "xdmcp", "Unix desktops; amplifies attacks."},
    {kUdp, 389, "cldap", "Directories; amplifies attacks."},
    {kUdp, 427, "slp", "Service location; amplifies attacks."},
    {kUdp, 443, "quic", "Web over QUIC."},
    {kUdp, 500, "ike", "Keys for VPNs."},
    {kUdp, 514, "syslog", "Logs."},
    {kUdp, 520, "rip", "Routes; amplifies attacks."},
    {kUdp, 623, "ipmi", "Management of server boards."},
    {kUdp, 1194, "openvpn", "VPN."},
    {kUdp, 1434, "mssql-browser", "Microsoft SQL Server's directory; Slammer, and attacks that it amplifies."},
    {kUdp, 1604, "citrix", "Citrix directory; amplifies attacks."},
    {kUdp, 1701, "l2tp", "VPN."},
    {kUdp, 1900, "ssdp", "UPnP discovery; amplifies attacks."},
    {kUdp, 3283, "apple-rd", "Apple Remote Desktop; amplifies attacks."},
    {kUdp, 3389, "rdp", "Windows desktops from afar; amplifies attacks."},
    {kUdp, 3478, "stun", "Finding a way through NAT."},
    {kUdp, 3702, "ws-discovery", "Cameras and printers name themselves; amplifies attacks."},
    {kUdp, 5060, "sip", "Telephony; accounts are guessed here."},
    {kUdp, 5093, "sentinel", "Licence servers; amplifies attacks."},
    {kUdp, 5351, "nat-pmp", "Port forwarding of home routers."},
    {kUdp, 5353, "mdns", "Names in a local network; amplifies attacks."},
    {kUdp, 5683, "coap", "Things on small networks; amplifies attacks."},
    {kUdp, 6881, "bittorrent", "BitTorrent's distributed table (DHT)."},
    {kUdp, 10001, "ubiquiti", "Discovery of Ubiquiti antennas; amplifies attacks."},
    {kUdp, 11211, "memcached", "Memory caches: amplify attacks more than anything else."},
    {kUdp, 17185, "vxworks-debug", "Debugger of VxWorks devices."},
    {kUdp, 27015, "steam", "Game servers; amplify attacks."},
    {kUdp, 30718, "lantronix", "Serial device servers."},
    {kUdp, 32414, "plex", "Plex media servers; amplify attacks."},
    {kUdp, 37810, "dahua-discovery", "Discovery of Dahua recorders; amplifies attacks."},
    {kUdp, 47808, "bacnet", "Building control."},
    {kUdp, 53413, "netis-backdoor", "Back door of Netis routers."},
    {kIcmpv6, 0x0100, "net-unreachable", "A router says that it knows no way."},
    {kIcmpv6, 0x0104, "port-unreachable", "A host says that nobody listens on the UDP port."},
    {kIcmpv6, 0x0200, "packet-too-big", "A router says that the packet is too large."},
    {kIcmpv6, 0x0300, "ttl-exceeded", "A router says that the packet was on the way too long."},
    {kIcmpv6, 0x8000, "echo-request", "Ping: a search for hosts."},
    {kIcmpv6, 0x8100, "echo-reply", "Answers to pings: backscatter of a flood of pings."},
});

constexpr bool before(const NamedService& a, const NamedService& b) { return std::tie(a.protocol, a.port) < std::tie(b.protocol, b.port); }

constexpr bool is_strictly_ascending() {
  for (std::size_t i = 1; i < kServices.size(); ++i) {
    if (!before(kServices[i - 1], kServices[i])) return false;
  }
  return true;
}
static_assert(is_strictly_ascending(), "find_service searches by halves");

}  // namespace

std::span<const NamedService> services() { return kServices; }

const NamedService* find_service(std::uint8_t protocol, std::uint16_t port) {
  const auto* const service = std::lower_bound(kServices.begin(), kServices.end(), NamedService{protocol, port, {}, {}}, before);
  return service != kServices.end() && service->protocol == protocol && service->port == port ? service : nullptr;
}

std::string_view service_name(std::uint8_t protocol, std::uint16_t port) {
  const NamedService* service = find_service(protocol, port);
  return service == nullptr ? std::string_view() : service->name;
}

}  // namespace nightjar
