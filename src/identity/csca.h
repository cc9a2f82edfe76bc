#pragma once
#include "passive.h"
