set(request_sources stub_requests.cpp)
set(request_headers)
