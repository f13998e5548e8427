set(recognition_sources stub_recognition.cpp)
set(recognition_headers)
set(recognition_libraries PkgConfig::VECTORSCAN)
