# Libraries from Debian, and DuckDB from npm (see package.json).
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(GTest REQUIRED)
pkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET libzstd)
pkg_check_modules(LZMA REQUIRED IMPORTED_TARGET liblzma)
pkg_check_modules(ZLIB REQUIRED IMPORTED_TARGET zlib)
pkg_check_modules(XXHASH REQUIRED IMPORTED_TARGET libxxhash)
pkg_check_modules(VECTORSCAN REQUIRED IMPORTED_TARGET libhs)
pkg_check_modules(CRYPTO REQUIRED IMPORTED_TARGET libcrypto)
pkg_check_modules(ICU REQUIRED IMPORTED_TARGET icu-uc)
find_package(BZip2 REQUIRED)
find_package(absl REQUIRED)
find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)
find_library(MAXMINDDB_LIBRARY maxminddb REQUIRED)

set(NIGHTJAR_DUCKDB_INCLUDE "${NIGHTJAR_NODE_MODULES}/duckdb/src/duckdb/src/include")
set(NIGHTJAR_DUCKDB_LIBRARY "${NIGHTJAR_NODE_MODULES}/@duckdb/node-bindings-linux-x64/libduckdb.so")
if(NOT EXISTS "${NIGHTJAR_DUCKDB_LIBRARY}")
  message(FATAL_ERROR "DuckDB is not there: ${NIGHTJAR_DUCKDB_LIBRARY}. Run 'npm ci' (or 'make setup') first.")
endif()
# Only duckdb.h is copied beside the build: the folder it stands in holds 2,000 C++ headers we must not see.
file(MAKE_DIRECTORY "${CMAKE_BINARY_DIR}/include")
file(COPY_FILE "${NIGHTJAR_DUCKDB_INCLUDE}/duckdb.h" "${CMAKE_BINARY_DIR}/include/duckdb.h" ONLY_IF_DIFFERENT)
add_library(duckdb SHARED IMPORTED)
set_target_properties(duckdb PROPERTIES
  IMPORTED_LOCATION "${NIGHTJAR_DUCKDB_LIBRARY}"
  INTERFACE_INCLUDE_DIRECTORIES "${CMAKE_BINARY_DIR}/include")
