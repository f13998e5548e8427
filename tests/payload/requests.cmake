set(request_tests udp_request_test.cpp request_dns_test.cpp request_cut_test.cpp request_kinds_test.cpp request_captures_test.cpp
  request_simulated_test.cpp)
