set(request_sources udp_request.cpp request_kinds.cpp query_text.cpp request_dns.cpp request_ntp.cpp request_ssdp.cpp request_memcached.cpp
  request_ber.cpp request_coap.cpp request_calls.cpp request_discovery.cpp request_desktop.cpp request_tunnels.cpp request_games.cpp)
set(request_headers udp_request.hpp request_kinds.hpp query_text.hpp request_parsers.hpp ber_reader.hpp)
